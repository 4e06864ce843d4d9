//! Statements that take many rows at once: one trip to the database instead of one for each row.

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::dialect::Dialect;

/// Most rows of one statement. Each number of rows up to it is a statement of its own, prepared when it is first needed.
pub(super) const MOST: usize = 64;

/// One statement for every number of rows.
pub(super) struct MultiRow {
    head: &'static str,
    row: &'static str,
    tail: &'static str,
    sqlite: [OnceLock<String>; MOST],
    postgres: [OnceLock<String>; MOST],
}

impl MultiRow {
    /// `head` stands before, `tail` after the rows; each of them is `row`, in which `?` stands for the next parameter.
    pub(super) const fn rows(head: &'static str, row: &'static str, tail: &'static str) -> Self {
        let sqlite = [const { OnceLock::new() }; MOST];
        let postgres = [const { OnceLock::new() }; MOST];
        Self { head, row, tail, sqlite, postgres }
    }

    /// The text for exactly `rows` rows, 1 to [`MOST`].
    pub(super) fn sql(&'static self, dialect: Dialect, rows: usize) -> &'static str {
        let texts = dialect.pick(&self.sqlite, &self.postgres);
        let text = rows.checked_sub(1).and_then(|place| texts.get(place));
        text.map_or("", |text| text.get_or_init(|| self.write(dialect, rows)))
    }

    fn write(&self, dialect: Dialect, rows: usize) -> String {
        let mut sql = String::from(self.head);
        let mut number = 0;
        for row in 0..rows {
            if row > 0 {
                sql.push(',');
            }
            for piece in self.row.split_inclusive('?') {
                match (piece.strip_suffix('?'), dialect) {
                    (Some(before), Dialect::Postgres) => {
                        number += 1;
                        // Writing to a String cannot fail.
                        let _ = write!(sql, "{before}${number}");
                    }
                    // SQLite looks a named parameter up among all others; one without a name it just counts.
                    _ => sql.push_str(piece),
                }
            }
        }
        sql.push_str(self.tail);
        sql
    }
}

/// Cuts `rows` into pieces that one statement takes.
pub(super) fn pieces<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    rows.chunks(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    static ROWS: MultiRow = MultiRow::rows("VALUES ", "(?,f(?))", " END");
    static LIST: MultiRow = MultiRow::rows("IN (", "?", ")");

    #[test]
    fn each_database_is_spoken_to_in_its_own_way() {
        assert_eq!(ROWS.sql(Dialect::Postgres, 2), "VALUES ($1,f($2)),($3,f($4)) END");
        assert_eq!(ROWS.sql(Dialect::Sqlite, 2), "VALUES (?,f(?)),(?,f(?)) END");
        assert_eq!(LIST.sql(Dialect::Postgres, 3), "IN ($1,$2,$3)");
        assert_eq!(LIST.sql(Dialect::Sqlite, 1), "IN (?)");
    }

    #[test]
    fn no_piece_is_larger_than_a_statement() {
        for count in [0, 1, 63, 64, 65, 200] {
            let rows: Vec<usize> = (0..count).collect();
            assert!(pieces(&rows).all(|piece| !ROWS.sql(Dialect::Sqlite, piece.len()).is_empty()));
            assert_eq!(pieces(&rows).map(<[usize]>::len).sum::<usize>(), count);
        }
    }
}
