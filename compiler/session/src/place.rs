//! Places: from the program that was composed back to the cells that it is made of.

use theus_abi::Image;
use theus_abi::image::Loc;
use theus_diag::Diagnostic;
use theus_grammar::Span;

/// All spans of a diagnostic.
pub(crate) fn spans(found: &mut Diagnostic, change: &mut dyn FnMut(&mut Span)) {
    change(&mut found.primary.span);
    for label in &mut found.labels {
        change(&mut label.span);
    }
    for (span, _) in found.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
        change(span);
    }
}

/// All places of an image.
pub(crate) fn locs(image: &mut Image, change: &dyn Fn(&mut Loc)) {
    let Image {
        fields,
        sites,
        calls,
        stops,
        processes,
        pipelines,
        tests,
        benches,
        sinks,
        sources,
        sizes,
        rules,
        alerts,
        ..
    } = image;
    fields.iter_mut().for_each(|one| change(&mut one.loc));
    sites.iter_mut().for_each(|one| {
        change(&mut one.loc);
        one.call.iter_mut().for_each(change);
    });
    calls.iter_mut().for_each(|one| change(&mut one.loc));
    stops.iter_mut().for_each(|one| change(&mut one.loc));
    processes.iter_mut().for_each(|one| change(&mut one.loc));
    pipelines.iter_mut().for_each(|one| change(&mut one.loc));
    tests.iter_mut().for_each(|one| change(&mut one.loc));
    benches.iter_mut().for_each(|one| change(&mut one.loc));
    sinks.iter_mut().for_each(|one| change(&mut one.loc));
    sources.iter_mut().for_each(|one| change(&mut one.loc));
    sizes.iter_mut().for_each(|one| change(&mut one.loc));
    rules.iter_mut().for_each(|one| change(&mut one.loc));
    alerts.iter_mut().for_each(|one| change(&mut one.loc));
}
