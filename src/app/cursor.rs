//! Where the operator is in a list: by the key of the row, never by its number, so that rows may stream in around it.

use serde::{Deserialize, Serialize};

/// A selected row and the screen row on which it stands. While results stream in, the selected row stays where it is and
/// the others move around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor<K> {
    /// `None`: the first row.
    pub selected: Option<K>,
    /// Rows between the top of the list and the selected one, as last shown.
    pub anchor: usize,
}

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Self {
            selected: None,
            anchor: 0,
        }
    }
}

/// How far to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

impl<K: Clone + PartialEq> Cursor<K> {
    /// On a row.
    pub fn on(key: K) -> Self {
        Self {
            selected: Some(key),
            anchor: 0,
        }
    }

    /// The number of the selected row; 0 when it is gone.
    pub fn index(&self, keys: &[K]) -> usize {
        self.selected
            .as_ref()
            .and_then(|key| keys.iter().position(|k| k == key))
            .unwrap_or(0)
    }

    /// The selected key, or the first when it is gone.
    pub fn current<'a>(&self, keys: &'a [K]) -> Option<&'a K> {
        keys.get(self.index(keys))
    }

    /// The number of the first visible row in a list `height` rows high.
    pub fn offset(&self, keys: &[K], height: usize) -> usize {
        let height = height.max(1);
        let index = self.index(keys);
        let wanted = index.saturating_sub(self.anchor.min(height - 1));
        wanted.min(keys.len().saturating_sub(height)).min(index)
    }

    /// Moves in a list of which about `page` rows are visible.
    pub fn step(&mut self, keys: &[K], step: Step, page: usize) {
        let page = page.max(1);
        let last = keys.len().saturating_sub(1);
        let from = self.index(keys);
        let to = match step {
            Step::Up => from.saturating_sub(1),
            Step::Down => (from + 1).min(last),
            Step::PageUp => from.saturating_sub(page),
            Step::PageDown => (from + page).min(last),
            Step::First => 0,
            Step::Last => last,
        };
        let top = self.offset(keys, page);
        self.anchor = if to < top {
            0
        } else {
            (to - top).min(page - 1)
        };
        self.selected = keys.get(to).cloned();
    }

    /// Selects the row of that number; whether it was selected before.
    pub fn choose(&mut self, keys: &[K], index: usize, page: usize) -> bool {
        let again = self.selected.is_some() && self.index(keys) == index;
        self.pick(keys, index, page);
        again
    }

    /// Selects the row of that number.
    pub fn pick(&mut self, keys: &[K], index: usize, page: usize) {
        let top = self.offset(keys, page);
        if let Some(key) = keys.get(index) {
            self.selected = Some(key.clone());
            self.anchor = index.saturating_sub(top).min(page.max(1) - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_row_stays_on_its_line_while_rows_stream_in_above() {
        let mut cursor = Cursor::default();
        let before = ["c", "d", "e", "f", "g"];
        cursor.step(&before, Step::Down, 3);
        assert_eq!(cursor.selected, Some("d"));
        assert_eq!((cursor.offset(&before, 3), cursor.anchor), (0, 1));
        let after = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(cursor.current(&after), Some(&"d"));
        assert_eq!(cursor.offset(&after, 3), 2);
    }

    #[test]
    fn moving_scrolls_only_at_the_edges() {
        let keys: Vec<u32> = (0..10).collect();
        let mut cursor = Cursor::default();
        for _ in 0..4 {
            cursor.step(&keys, Step::Down, 3);
        }
        assert_eq!((cursor.selected, cursor.offset(&keys, 3)), (Some(4), 2));
        cursor.step(&keys, Step::Up, 3);
        assert_eq!((cursor.selected, cursor.offset(&keys, 3)), (Some(3), 2));
        cursor.step(&keys, Step::Last, 3);
        assert_eq!((cursor.selected, cursor.offset(&keys, 3)), (Some(9), 7));
        cursor.step(&keys, Step::First, 3);
        assert_eq!((cursor.selected, cursor.offset(&keys, 3)), (Some(0), 0));
    }

    #[test]
    fn an_empty_list_has_no_row() {
        let mut cursor: Cursor<u32> = Cursor::on(5);
        cursor.step(&[], Step::Down, 0);
        assert_eq!(cursor.current(&[]), None);
        assert_eq!(cursor.offset(&[], 0), 0);
    }
}
