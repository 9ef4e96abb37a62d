//! The guided fix: steps, the records old → new, settings, how to undo, what proves it.

use ratatui::text::Line;

use crate::model::finding::{RecordAction, RecordChange, Remedy, Setting};
use crate::ui::line;
use crate::ui::theme::{Role, Theme};

/// The whole remedy as lines of `width` cells.
pub fn lines(remedy: &Remedy, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut out = steps(&remedy.steps, width, theme);
    for change in &remedy.records {
        out.extend(record(change, width, theme));
    }
    for setting in &remedy.settings {
        out.extend(self::setting(setting, width, theme));
    }
    out.extend(footing(remedy, width, theme));
    out
}

/// Numbered steps.
pub fn steps(list: &[String], width: usize, theme: &Theme) -> Vec<Line<'static>> {
    list.iter()
        .enumerate()
        .flat_map(|(at, step)| {
            let head = vec![theme.span(Role::Accent, format!("{:>2} ", at + 1))];
            line::hanging(head, step, width, Role::Text, theme)
        })
        .collect()
}

/// One record: sign, type, name and TTL; below it what goes and what comes.
pub fn record(change: &RecordChange, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let role = match change.action {
        RecordAction::Add => Role::Added,
        RecordAction::Replace => Role::Warn,
        RecordAction::Delete => Role::Fail,
    };
    let left = vec![
        theme.span(role, format!(" {} ", change.action.sign())),
        theme.span(Role::Strong, format!("{:<5} ", change.rtype)),
        theme.span(Role::Text, &change.name),
    ];
    let mut out = vec![line::spread(
        left,
        vec![theme.span(Role::Muted, format!("ttl {}", change.ttl))],
        width,
        theme,
    )];
    if let Some(old) = &change.old {
        let head = vec![theme.span(Role::Muted, "   was  ")];
        out.extend(line::hanging(head, old, width, Role::Removed, theme));
    }
    let (label, role) = match change.action {
        RecordAction::Delete => ("   gone ", Role::Removed),
        RecordAction::Add | RecordAction::Replace => ("   is   ", Role::Added),
    };
    out.extend(line::hanging(
        vec![theme.span(Role::Muted, label)],
        &change.value,
        width,
        role,
        theme,
    ));
    out
}

fn setting(setting: &Setting, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let head = vec![
        theme.span(Role::Added, " + "),
        theme.span(Role::Strong, &setting.name),
    ];
    let mut out = vec![line::spread(
        head,
        vec![theme.span(Role::Muted, &setting.place)],
        width,
        theme,
    )];
    out.extend(
        setting
            .value
            .split('\n')
            .flat_map(|raw| line::paragraph(raw, 8, width, Role::Added, theme)),
    );
    out
}

/// How to undo it and what proves it.
pub fn footing(remedy: &Remedy, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    for (label, text) in [("   undo  ", &remedy.undo), ("   proof ", &remedy.proof)] {
        if !text.is_empty() {
            let head = vec![theme.span(Role::Muted, label)];
            out.extend(line::hanging(head, text, width, Role::Muted, theme));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{paint, testing};

    #[test]
    fn records_show_what_goes_and_what_comes() {
        let theme = testing::theme();
        let record = |action, old: Option<&str>| RecordChange {
            action,
            name: "_dmarc.acme.example".into(),
            rtype: "TXT".into(),
            ttl: 300,
            value: "v=DMARC1; p=none; rua=mailto:dmarc@acme.example; adkim=s; aspf=s".into(),
            old: old.map(str::to_owned),
        };
        let remedy = Remedy {
            steps: vec![
                "Open dash.cloudflare.com and choose acme.example".into(),
                "Save".into(),
            ],
            records: vec![
                record(RecordAction::Add, None),
                record(RecordAction::Replace, Some("v=DMARC1; p=nothing")),
                record(RecordAction::Delete, None),
            ],
            settings: vec![Setting {
                place: "nginx, server block".into(),
                name: "add_header".into(),
                value: "Strict-Transport-Security \"max-age=31536000\" always;".into(),
            }],
            undo: "delete the record".into(),
            proof: "mail.dmarc".into(),
        };
        let lines = lines(&remedy, 52, &theme);
        let height = u16::try_from(lines.len()).unwrap();
        insta::assert_snapshot!(testing::picture(&testing::buffer(
            52,
            height,
            |area, buf| {
                paint::lines(buf, area, &lines, 0);
            }
        )));
    }
}
