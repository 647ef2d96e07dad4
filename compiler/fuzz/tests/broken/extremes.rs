//! x
#[test]
fn stats() {
    let path = std::env::var("STAT").unwrap();
    let root = std::fs::read_to_string(&path).unwrap();
    let dir = std::path::Path::new(&path).parent().unwrap();
    let mut m = theus::InMemory::new();
    for e in std::fs::read_dir(dir).unwrap() {
        let p = e.unwrap().path();
        if p.extension().is_some_and(|e| e == "theus") {
            m = m.with(
                p.file_stem().unwrap().to_str().unwrap(),
                std::fs::read_to_string(&p).unwrap(),
            );
        }
    }
    for optimise in [false, true] {
        let t = std::time::Instant::now();
        let o = theus::Options {
            tests: true,
            optimise,
            ..Default::default()
        };
        let p = theus::compile(theus::Text::new("main", root.clone()), &m, &o)
            .map_err(|e| e.to_string().chars().take(300).collect::<String>())
            .unwrap();
        let t1 = t.elapsed();
        let mut all: Vec<_> = p
            .mir()
            .funcs
            .values()
            .map(|f| (f.insts.len(), f.blocks.len(), f.name.clone()))
            .collect();
        all.sort();
        all.reverse();
        let tot: usize = all.iter().map(|a| a.0).sum();
        let totb: usize = all.iter().map(|a| a.1).sum();
        println!(
            "{path} opt={optimise} {t1:?} total insts={tot} blocks={totb} {:?}",
            &all[..all.len().min(3)]
        );
    }
}
