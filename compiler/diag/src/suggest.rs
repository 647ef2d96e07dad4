//! Did you mean: the nearest of the names that would have been right.

/// The candidate nearest to `name`, if one is near enough to be meant.
pub fn closest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let scored = candidates.into_iter().map(|candidate| {
        let same = candidate.eq_ignore_ascii_case(name);
        let score = if same {
            1.0
        } else {
            strsim::jaro_winkler(&lower(name), &lower(candidate))
        };
        (score, candidate)
    });
    let best = scored.filter(|(score, _)| *score >= 0.82);
    best.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, name)| name)
}

fn lower(text: &str) -> String {
    text.chars().take(64).flat_map(char::to_lowercase).collect()
}
