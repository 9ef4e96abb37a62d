//! Widgets: props in, cells or lines out. They keep nothing and know nothing of the state machine.

pub mod burndown;
pub mod empty;
pub mod evidence;
pub mod exhibit;
pub mod finding_row;
pub mod footer;
pub mod form;
pub mod help;
pub mod list;
pub mod overlay;
pub mod pairs;
pub mod palette;
pub mod pane;
pub mod phases;
pub mod plan;
pub mod progress;
pub mod remedy;
pub mod scorecard;
pub mod status;
pub mod timeline;
pub mod toast;
pub mod too_small;
