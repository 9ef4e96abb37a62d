//! Whether an action works now, and if not, why: the footer dims it, the key says the reason.

use super::action::{Action, Reason};
use super::handover::{self, HandoverRow};
use super::home::HomeRow;
use super::opened::{Opened, WatchPhase};
use super::plan::{self, PlanRow};
use super::proofs;
use super::range::RangeControl;
use super::screen::Screen;
use super::select;
use super::state::State;
use crate::model::finding::Finding;
use crate::model::verdict::Verdict;

/// `Ok` when the action would do something.
pub fn enabled(state: &State, action: Action) -> Result<(), Reason> {
    match action {
        Action::Answer | Action::Skip | Action::Brief | Action::Open
            if matches!(state.screen(), Some(Screen::Guide(_))) =>
        {
            super::guide::enabled(state, action)
        }
        Action::Undo => undo(state),
        Action::RetrySave => match opened(state)?.unsaved {
            Some(_) => Ok(()),
            None => Reason::because("everything is saved"),
        },
        Action::CopyPane | Action::SavePane if select::text::pane(state).is_empty() => {
            Reason::because("there is no text here to take")
        }
        Action::Open | Action::Owner if proofs::is_in_front(state) => {
            writable(state).and_then(|_| proofs::enabled(state, action))
        }
        Action::Open => open(state),
        Action::GoSprint
        | Action::GoGate
        | Action::GoPlan
        | Action::GoHandover
        | Action::GoMail
        | Action::GoProofs
        | Action::GoGuide
        | Action::Export
        | Action::Report => opened(state).map(|_| ()),
        Action::GoDayOne => match opened(state)?.session.handed_over {
            Some(_) => Ok(()),
            None => {
                Reason::because("day one begins with the handover: nothing was handed over yet")
            }
        },
        Action::GoRehearsal | Action::GoWatch => opened(state).map(|_| ()),
        Action::Assume | Action::Rehearse if select::rehearsal::is_busy(state) => {
            Reason::because("it is being looked at: s stops it")
        }
        Action::StopRehearsal => match select::rehearsal::is_busy(state) {
            true => Ok(()),
            false => Reason::because("nothing is being looked at"),
        },
        Action::Recheck => {
            idle(state)?;
            if matches!(state.screen(), Some(Screen::Gate(_))) {
                return Ok(());
            }
            row(state)
        }
        Action::RecheckAll | Action::Bring => idle(state),
        Action::StopRun => match opened(state)?.run.is_busy() {
            true => Ok(()),
            false => Reason::because("no run is under way"),
        },
        Action::Watch => watch(state),
        Action::StopWatch => stop_watch(state),
        Action::Waive => waive(state),
        Action::WithdrawWaiver => withdraw(state),
        Action::GoNext => select::next::why_not(state).map_or(Ok(()), Reason::because),
        Action::Owner | Action::WaitsFor | Action::Note => {
            writable(state)?;
            match select::selected_item(state) {
                Some(_) => Ok(()),
                None => Reason::because(handover::why_no_owner(state)),
            }
        }
        Action::LookAtFiles => select::attach::why_not(state).map_or(Ok(()), Reason::because),
        Action::Answer => answer(state),
        Action::Sign => sign(state),
        Action::Changed => select::gate::why_nothing_changed(state).map_or(Ok(()), Reason::because),
        Action::HandOver => hand_over(state),
        Action::Tick => match handover::current(state) {
            Some(HandoverRow::Item(id)) => {
                writable(state).and_then(|_| proofs::by_hand(state, &id))
            }
            _ => Reason::because("only lines of the checklist are ticked"),
        },
        Action::AddAccess
        | Action::WatchAll
        | Action::AddExposed
        | Action::PauseClock
        | Action::ThirdParties
        | Action::TestInbox
        | Action::Outgoing
        | Action::Expect => writable(state).map(|_| ()),
        Action::AddSender if matches!(state.screen(), Some(Screen::Mail(_))) => {
            writable(state).map(|_| ())
        }
        Action::Copy => copy(state),
        Action::CopyCommand => command(state),
        Action::Mend => mend(state),
        Action::Expected => expected(state),
        Action::Skip | Action::Brief => row(state),
        Action::TestSecret | Action::RemoveSecret => credential(state),
        Action::SetSecret if state.vault.busy => Reason::because("the vault is busy"),
        _ => Ok(()),
    }
}

/// Whether an action belongs here at all; one that does not is not shown.
pub fn is_relevant(state: &State, action: Action) -> bool {
    match action {
        Action::Mend => state.range.as_ref().is_some_and(RangeControl::is_broken),
        // Only screens are filtered, not what opens over them.
        Action::Filter => state.overlay.is_none(),
        Action::RetrySave => state.opened.as_ref().is_some_and(|o| o.unsaved.is_some()),
        Action::GoNext => state.opened.is_some() || matches!(state.screen(), Some(Screen::Home(_))),
        Action::GoSprint
        | Action::Export
        | Action::GoHandover
        | Action::GoGate
        | Action::GoDayOne
        | Action::GoGuide
        | Action::GoWatch
        | Action::GoRehearsal
        | Action::GoMail
        | Action::GoProofs
        | Action::RecheckAll
        | Action::Report => state.opened.is_some(),
        _ => true,
    }
}

fn opened(state: &State) -> Result<&Opened, Reason> {
    state
        .opened
        .as_deref()
        .map_or_else(|| Reason::because("open a session first"), Ok)
}

fn writable(state: &State) -> Result<&Opened, Reason> {
    let opened = opened(state)?;
    match &opened.read_only {
        Some(why) => Reason::because(format!("this session can only be read: {why}")),
        None => Ok(opened),
    }
}

fn idle(state: &State) -> Result<(), Reason> {
    match writable(state)?.run.is_busy() {
        true => Reason::because("a run is under way: s stops it"),
        false => Ok(()),
    }
}

fn row(state: &State) -> Result<(), Reason> {
    match select::selected_key(state) {
        Some(_) => Ok(()),
        None => Reason::because("there is no row to do that with"),
    }
}

fn finding(state: &State) -> Result<&Finding, Reason> {
    row(state)?;
    select::selected_finding(state).map_or_else(
        || Reason::because("this check is still looking for the first time"),
        Ok,
    )
}

fn undo(state: &State) -> Result<(), Reason> {
    let opened = writable(state)?;
    match opened.undoable(&state.operator) {
        _ if opened.is_saving() => Reason::because("the last entry is still being written"),
        Some(_) => Ok(()),
        None => Reason::because("you have no entry in this session to take back"),
    }
}

fn open(state: &State) -> Result<(), Reason> {
    match state.screen() {
        Some(Screen::Home(home)) => {
            let rows = select::home::rows(state, home);
            match home.cursor.current(&rows) {
                Some(HomeRow::Session(_) | HomeRow::Range) => Ok(()),
                None => Reason::because("nothing is selected"),
            }
        }
        Some(Screen::Sprint(s)) if s.pane != super::sprint::Pane::Plan => row(state),
        Some(Screen::Watch(_)) => row(state),
        Some(Screen::DayOne(s)) if select::day_one::keys(state, s).is_empty() => {
            Reason::because("there is no row to open")
        }
        Some(Screen::Mail(_)) => match select::mail::question(state) {
            Some(_) => writable(state).map(|_| ()),
            None => finding(state).map(|_| ()),
        },
        Some(Screen::Rehearsal(_)) => match select::rehearsal::selected(state) {
            Some(_) => Ok(()),
            None => Reason::because("there is no row to open"),
        },
        Some(Screen::Gate(_)) if select::selected_criterion(state).is_none() => {
            Reason::because("there is no row to open")
        }
        Some(Screen::Handover(_)) => match handover::current(state) {
            Some(HandoverRow::SignOff) => sign(state),
            Some(HandoverRow::HandOver) => hand_over(state),
            Some(_) => writable(state).map(|_| ()),
            None => Reason::because("there is nothing to hand over"),
        },
        Some(Screen::Vault(_)) => credential_name(state).map(|_| ()),
        _ => Ok(()),
    }
}

fn watch(state: &State) -> Result<(), Reason> {
    let opened = writable(state)?;
    let finding = finding(state)?;
    let looking = opened
        .watches
        .get(&finding.key())
        .is_some_and(|w| w.phase == WatchPhase::Looking);
    match finding.verdict {
        _ if looking => Reason::because("it is being watched already"),
        Verdict::Pass => Reason::because("it passes: there is nothing to wait for"),
        Verdict::NotApplicable => Reason::because("it does not apply here"),
        Verdict::Blocked => {
            Reason::because(format!("nothing to watch before this: {}", finding.summary))
        }
        Verdict::Fail | Verdict::Warn | Verdict::Unknown => Ok(()),
    }
}

fn stop_watch(state: &State) -> Result<(), Reason> {
    let looking = select::selected_key(state).is_some_and(|key| {
        state
            .opened
            .as_ref()
            .and_then(|o| o.watches.get(&key))
            .is_some_and(|w| w.phase == WatchPhase::Looking)
    });
    match looking {
        true => Ok(()),
        false => Reason::because("it is not being watched"),
    }
}

fn waive(state: &State) -> Result<(), Reason> {
    writable(state)?;
    if matches!(state.screen(), Some(Screen::Gate(_))) {
        let Some(criterion) = select::selected_criterion(state) else {
            return Reason::because("there is no row to waive");
        };
        let row = select::gate::all(state)
            .into_iter()
            .find(|r| r.criterion.id == criterion.id);
        return match row {
            Some(row) if select::gate::is_waivable(row.report.state) => Ok(()),
            _ => Reason::because("this row is settled: there is nothing to accept"),
        };
    }
    let finding = finding(state)?;
    if finding.verdict.holds() {
        return Reason::because("it holds: there is nothing to accept");
    }
    match select::criteria_of(state, &finding.key()).is_empty() {
        true => Reason::because("no row of this playbook rests on that check"),
        false => Ok(()),
    }
}

fn withdraw(state: &State) -> Result<(), Reason> {
    let opened = writable(state)?;
    let waived = select::selected_criterion(state)
        .is_some_and(|c| opened.session.waivers.iter().any(|w| w.criterion == c.id));
    match waived {
        true => Ok(()),
        false => Reason::because("this row has no waiver"),
    }
}

fn answer(state: &State) -> Result<(), Reason> {
    writable(state)?;
    match plan::current(state) {
        Some(PlanRow::Access(_) | PlanRow::Flag(_)) => return Ok(()),
        Some(PlanRow::Step(id)) if select::plan::question(state, &id).is_some() => return Ok(()),
        Some(PlanRow::Step(_)) => {
            return Reason::because("checks answer this step, no person needs to");
        }
        Some(PlanRow::Gate(_)) => return Reason::because("a gate is signed, not answered"),
        None => {}
    }
    if let Some(HandoverRow::Question(_) | HandoverRow::Quiz(_)) = handover::current(state) {
        return Ok(());
    }
    match select::selected_criterion(state) {
        Some(c) if !c.questions.is_empty() => Ok(()),
        Some(_) => Reason::because("checks answer this row, no person needs to"),
        None => Reason::because("pick a question first"),
    }
}

fn sign(state: &State) -> Result<(), Reason> {
    writable(state)?;
    if !select::gate::stale(state).is_empty() {
        return idle(state);
    }
    select::gate::why_not_signed(state).map_or(Ok(()), Reason::because)
}

fn hand_over(state: &State) -> Result<(), Reason> {
    let opened = writable(state)?;
    if opened.session.handed_over.is_some() {
        return Reason::because("it was handed over already");
    }
    match select::handover::missing(state).as_slice() {
        [] => Ok(()),
        [one] => Reason::because(one.clone()),
        [first, rest @ ..] => Reason::because(format!("{first}, and {} more", rest.len())),
    }
}

fn copy(state: &State) -> Result<(), Reason> {
    if super::mail::selected_address(state).is_some() {
        return Ok(());
    }
    let finding = finding(state)?;
    match &finding.remedy {
        Some(remedy) if !remedy.clipboard(|r| r.value.clone()).is_empty() => Ok(()),
        _ => Reason::because("there is nothing to paste for this one"),
    }
}

fn command(state: &State) -> Result<(), Reason> {
    match finding(state)?
        .evidence
        .iter()
        .any(|e| !e.repeat.is_empty())
    {
        true => Ok(()),
        false => Reason::because("no single command repeats this"),
    }
}

fn mend(state: &State) -> Result<(), Reason> {
    let Some(range) = &state.range else {
        return Reason::because("only the practice range can be mended from here");
    };
    let finding = finding(state)?;
    range.mends(finding).map_or(Ok(()), Reason::because)
}

fn expected(state: &State) -> Result<(), Reason> {
    writable(state)?;
    let key = select::selected_key(state);
    let changed = select::day_one::drift(state)
        .map_or_else(Vec::new, |drift| drift.lines)
        .into_iter()
        .find(|d| Some(&d.key) == key.as_ref())
        .filter(|d| d.change != crate::model::drift::Change::Same && d.now.is_some());
    match changed {
        Some(d) if d.expected.is_some() => Reason::because("somebody said so already"),
        Some(_) => Ok(()),
        None => Reason::because("nothing changed here"),
    }
}

fn credential_name(state: &State) -> Result<String, Reason> {
    let name = match state.screen() {
        Some(Screen::Vault(s)) => s.cursor.current(&select::vault::names(state)).cloned(),
        _ => None,
    };
    name.map_or_else(
        || Reason::because("there is no credential yet: s stores one"),
        Ok,
    )
}

fn credential(state: &State) -> Result<(), Reason> {
    let name = credential_name(state)?;
    let stored = select::vault::credentials(state)
        .into_iter()
        .any(|c| c.name == name && c.stored);
    match stored {
        true => Ok(()),
        false => Reason::because("nothing is stored under that name: s stores it"),
    }
}
