//! The extension for Visual Studio Code, with VS Code's own client library: it opens a program with
//! mistakes, reads, mends, renames, types and lays it out. `editors/vscode/test/drive.js` is what is done.

use std::fs;
use std::path::Path;
use std::process::Command;

const PROGRAM: &str = "\
use gains

context cart {
    x: f64 in -10.0..=10.0 = 0.0
    u: f64 in -5.0..=5.0 = 0.0
}

/// Moves it.
process move {
    inputs cart.x
    outputs cart.x

    let far = cart.x + cart.u*gains.GAIN
    cart.x = clamp(far, -9.0, 9.0)
}

pipeline main every 10ms {
    move
}

test \"it rests\" {
    run main for 3 ticks
    assert cart.x == 0.0
}
";

const END: &str = "\
use gains

context cart {
    x: f64 in -10.0..=10.0 = 0.0
    drive: f64 in -5.0..=5.0 = 0.0
}

/// Moves it.
process move {
    inputs  cart.x, cart.drive
    outputs cart.x

    let far = cart.x + cart.drive * gains.GAIN
    cart.x = clamp(far, -9.0, 9.0)
}

pipeline main every 10ms {
    move
}

test \"it rests\" {
    run main for 3 ticks
    assert cart.x == 0.0
}
// \u{1f600} end
";

#[test]
fn the_client_of_visual_studio_code_drives_the_server() {
    let extension = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../editors/vscode");
    let is_installed = ["vscode-languageclient", "jest-mock-vscode"]
        .iter()
        .all(|module| extension.join("node_modules").join(module).exists());
    if Command::new("node").arg("--version").output().is_err() || !is_installed {
        println!("skipped: `npm ci` was not run in editors/vscode; `.ci/run` does that");
        return;
    }
    let folder = std::env::temp_dir().join(format!("theus-code-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("main.theus"), PROGRAM).unwrap();
    let ended = Command::new("node")
        .arg(extension.join("test/drive.js"))
        .args([env!("CARGO_BIN_EXE_theusc").as_ref(), folder.as_os_str()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    let text = fs::read_to_string(folder.join("main.theus")).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    insta::assert_snapshot!(said);
    assert!(
        ended.status.success(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert_eq!(text, END);
}
