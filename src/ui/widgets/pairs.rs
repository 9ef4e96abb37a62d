//! Names and values under each other, the values aligned.

use ratatui::text::Line;

use crate::ui::line;
use crate::ui::text;
use crate::ui::theme::{Role, Theme};

/// One line each, longer values hanging; the column of names is as wide as its longest, at most a third.
pub fn lines(pairs: &[(&str, Role, String)], width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let longest = pairs
        .iter()
        .map(|(name, _, _)| text::width(name))
        .max()
        .unwrap_or(0);
    let column = longest.min(width / 3);
    pairs
        .iter()
        .flat_map(|(name, role, value)| {
            let head = vec![
                line::column(name, column, Role::Muted, theme),
                theme.span(Role::Text, "  "),
            ];
            line::hanging(head, value, width, *role, theme)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{paint, testing};

    #[test]
    fn values_are_aligned() {
        let theme = testing::theme();
        let pairs = [
            ("DNS host", Role::Text, "Cloudflare".to_owned()),
            (
                "mail",
                Role::Text,
                "Google Workspace, Resend (from SPF), Mailer".to_owned(),
            ),
            ("edge", Role::Unknown, "not recognised".to_owned()),
        ];
        let lines = lines(&pairs, 36, &theme);
        insta::assert_snapshot!(testing::picture(&testing::buffer(36, 4, |area, buf| {
            paint::lines(buf, area, &lines, 0);
        })));
    }
}
