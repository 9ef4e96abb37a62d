//! Everything that a key, the footer, the palette or the mouse can ask for: one closed list.

use serde::{Deserialize, Serialize};

/// An intention of the operator. What it means depends on the screen; whether it works now, [`super::enabled`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    // Everywhere.
    Quit,
    Help,
    Palette,
    Back,
    Words,
    Presenter,
    Undo,
    RetrySave,
    Redraw,
    Suspend,
    Mouse,
    CopyPane,
    SavePane,
    // Moving.
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    NextPane,
    PreviousPane,
    Open,
    Filter,
    // Home.
    NewSession,
    Practise,
    Import,
    // A new session.
    Next,
    ToggleKeep,
    Role,
    AddHost,
    AddSender,
    SendsMail,
    StartLater,
    // A sprint.
    GoSprint,
    GoGate,
    GoGuide,
    GoHandover,
    GoDayOne,
    GoVault,
    GoWatch,
    Recheck,
    RecheckAll,
    StopRun,
    Watch,
    StopWatch,
    Waive,
    WithdrawWaiver,
    Owner,
    Note,
    ShowAll,
    PauseClock,
    Report,
    Export,
    // A finding.
    Copy,
    CopyCommand,
    Evidence,
    Mend,
    // Gate and handover.
    Answer,
    Sign,
    Tick,
    AddAccess,
    HandOver,
    // Day one.
    Expected,
    Runbook,
    Owners,
    // The founder's guide.
    Skip,
    Brief,
    // Vault.
    SetSecret,
    TestSecret,
    RemoveSecret,
    // Overlays and text.
    Accept,
    Submit,
    NextField,
    PreviousField,
    NextChoice,
    PreviousChoice,
}

impl Action {
    /// Every action, for the tests that hold the keymap together.
    pub const ALL: [Self; 76] = [
        Self::Quit,
        Self::Help,
        Self::Palette,
        Self::Back,
        Self::Words,
        Self::Presenter,
        Self::Undo,
        Self::RetrySave,
        Self::Redraw,
        Self::Suspend,
        Self::Mouse,
        Self::CopyPane,
        Self::SavePane,
        Self::Up,
        Self::Down,
        Self::PageUp,
        Self::PageDown,
        Self::First,
        Self::Last,
        Self::NextPane,
        Self::PreviousPane,
        Self::Open,
        Self::Filter,
        Self::NewSession,
        Self::Practise,
        Self::Import,
        Self::Next,
        Self::ToggleKeep,
        Self::Role,
        Self::AddHost,
        Self::AddSender,
        Self::SendsMail,
        Self::StartLater,
        Self::GoSprint,
        Self::GoGate,
        Self::GoGuide,
        Self::GoHandover,
        Self::GoDayOne,
        Self::GoVault,
        Self::GoWatch,
        Self::Recheck,
        Self::RecheckAll,
        Self::StopRun,
        Self::Watch,
        Self::StopWatch,
        Self::Waive,
        Self::WithdrawWaiver,
        Self::Owner,
        Self::Note,
        Self::ShowAll,
        Self::PauseClock,
        Self::Report,
        Self::Export,
        Self::Copy,
        Self::CopyCommand,
        Self::Evidence,
        Self::Mend,
        Self::Answer,
        Self::Sign,
        Self::Tick,
        Self::AddAccess,
        Self::HandOver,
        Self::Expected,
        Self::Runbook,
        Self::Owners,
        Self::Skip,
        Self::Brief,
        Self::SetSecret,
        Self::TestSecret,
        Self::RemoveSecret,
        Self::Accept,
        Self::Submit,
        Self::NextField,
        Self::PreviousField,
        Self::NextChoice,
        Self::PreviousChoice,
    ];
}

/// Why an action does not work now: one sentence with what would make it work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason(pub String);

impl Reason {
    /// A refusal with its reason.
    pub fn because<T>(text: impl Into<String>) -> Result<T, Self> {
        Err(Self(text.into()))
    }
}
