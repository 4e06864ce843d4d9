//! Tables for people: aligned columns, and nothing in them that steers a terminal.

/// Rows under their titles, each column as wide as its longest cell; the last one is not padded.
pub(super) fn table(titles: &[&str], rows: &[Vec<String>]) -> String {
    let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
    aligned(std::iter::once(&titles).chain(rows))
}

/// Names with their values; what has no value is left out.
pub(super) fn facts(facts: &[(&str, Option<String>)]) -> String {
    let told = facts.iter().filter_map(|(name, value)| Some(vec![format!("{name}:"), value.clone()?]));
    aligned(&told.collect::<Vec<_>>())
}

/// The text with control characters made visible: mail is written by strangers.
pub(super) fn tame(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_debug().collect() } else { vec![c] }).collect()
}

/// The same for text of several lines.
pub(super) fn tame_lines(text: &str) -> String {
    text.lines().map(|line| line.split('\t').map(tame).collect::<Vec<_>>().join("\t") + "\n").collect()
}

fn aligned<'a>(rows: impl IntoIterator<Item = &'a Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().map(|row| row.iter().map(|cell| tame(cell)).collect()).collect();
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
