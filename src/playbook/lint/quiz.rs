//! The quiz: each question with an id of its own, and a text.

use super::{Lint, Step, ids};
use crate::model::playbook::Playbook;
use crate::model::text::escape;

impl Lint<'_> {
    /// A gap of the quiz has its owner under the id of its question, where a row has its own.
    pub(super) fn quiz(&mut self, playbook: &Playbook) {
        let rows = ids(&self.complete.criteria, |row| &row.id);
        for (position, question) in playbook.quiz.iter().enumerate() {
            let at = |key| [Step::Key("quiz"), Step::Item(position), Step::Key(key)];
            self.id_form(&at("id"), &question.id);
            let id = escape(&question.id);
            if question.text.trim().is_empty() {
                self.report(&at("text"), format!("`{id}` asks nothing"));
            }
            if rows.contains(&question.id) {
                self.report(&at("id"), format!("`{id}` is the id of a criterion too"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::playbook::lint;

    #[test]
    fn a_question_of_the_quiz_is_linted_like_any_other() {
        let base = r#"id = "mine"
title = "Mine"
audience = "clients"
target = "support"
ready = "It works."
[[criterion]]
id = "email-valid"
title = "Mail arrives"
passes = "It does."
breaks = "It does not."
workstream = "email"
[[criterion.question]]
id = "asked"
text = "Does it?"
"#;
        let with = |more: &str| -> Vec<String> {
            let problems = lint(&format!("{base}{more}"), &[]);
            let told = problems.iter().map(ToString::to_string);
            told.filter(|line| !line.contains("the founder's question"))
                .collect()
        };
        assert_eq!(with(""), Vec::<String>::new());
        assert_eq!(
            with("[[quiz]]\nid = \"quiz-down\"\ntext = \"Where?\"\n"),
            Vec::<String>::new(),
            "it replaces the shared one"
        );
        for (quiz, want) in [
            (
                "[[quiz]]\nid = \"asked\"\ntext = \"Where?\"\n",
                "line 16: the id `asked` is used twice (first in line 13)",
            ),
            (
                "[[quiz]]\nid = \"email-valid\"\ntext = \"Where?\"\n",
                "line 16: `email-valid` is the id of a criterion too",
            ),
            (
                "[[quiz]]\nid = \"mine\"\ntext = \" \"\n",
                "line 17: `mine` asks nothing",
            ),
            (
                "[[quiz]]\nid = \"My own\"\ntext = \"Where?\"\n",
                "line 16: `My own` is no id: use lower-case letters, digits and hyphens",
            ),
        ] {
            assert_eq!(with(quiz), [want], "{quiz}");
        }
    }
}
