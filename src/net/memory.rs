//! Single flight: the same question is asked once, however many await the answer.
//!
//! While a question is under way the memory holds it only weakly: whoever waits keeps it going, so an asker that gives up
//! strands nobody, and when the last one gives up the question stops too and holds no place in a limit.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

type Flight<V> = BoxFuture<'static, Arc<V>>;

/// Answers by question.
pub(in crate::net) struct Memory<K, V> {
    slots: Arc<Mutex<HashMap<K, Slot<V>>>>,
}

enum Slot<V> {
    Known(Arc<V>),
    Asking(WeakShared<Flight<V>>),
}

/// Something that may have been looked for in vain.
pub(in crate::net) trait Sight {
    /// Whether nothing was seen, so that looking again may help.
    fn saw_nothing(&self) -> bool;
}

impl<K, V> Memory<K, V>
where
    K: Eq + Hash + Clone + Send + 'static,
    V: Sight + Send + Sync + 'static,
{
    /// The known answer, or the one that comes out of `ask`, which is called when nobody asked yet.
    pub(in crate::net) async fn recall<F>(&self, key: K, ask: impl FnOnce() -> F) -> Arc<V>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let flight = match self.join(&key) {
            Joined::Known(answer) => return answer,
            Joined::UnderWay(flight) => flight,
            Joined::Nobody(mut slots) => {
                let flight = self.take_off(key.clone(), ask());
                if let Some(weak) = flight.downgrade() {
                    slots.insert(key, Slot::Asking(weak));
                }
                flight
            }
        };
        flight.await
    }

    /// Forgets what saw nothing; true when there was any.
    pub(in crate::net) fn forget_failures(&self) -> bool {
        let mut slots = self.lock();
        let before = slots.len();
        slots.retain(|_, slot| match slot {
            Slot::Known(answer) => !answer.saw_nothing(),
            Slot::Asking(_) => true,
        });
        slots.len() < before
    }

    fn join(&self, key: &K) -> Joined<'_, K, V> {
        let slots = self.lock();
        match slots.get(key) {
            Some(Slot::Known(answer)) => Joined::Known(Arc::clone(answer)),
            Some(Slot::Asking(weak)) => match weak.upgrade() {
                Some(flight) => Joined::UnderWay(flight),
                None => Joined::Nobody(slots),
            },
            None => Joined::Nobody(slots),
        }
    }

    fn take_off<F>(&self, key: K, asking: F) -> Shared<Flight<V>>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let slots = Arc::downgrade(&self.slots);
        async move {
            let answer = Arc::new(asking.await);
            if let Some(slots) = slots.upgrade() {
                slots
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(key, Slot::Known(Arc::clone(&answer)));
            }
            answer
        }
        .boxed()
        .shared()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Slot<V>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self {
            slots: Arc::default(),
        }
    }
}

enum Joined<'a, K, V> {
    Known(Arc<V>),
    UnderWay(Shared<Flight<V>>),
    /// With the lock still held, so that nobody else starts the same question in between.
    Nobody(MutexGuard<'a, HashMap<K, Slot<V>>>),
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;

    use super::*;

    struct Answer(&'static str);

    impl Sight for Answer {
        fn saw_nothing(&self) -> bool {
            self.0.is_empty()
        }
    }

    #[tokio::test]
    async fn many_askers_cost_one_question() {
        let memory: Memory<u8, Answer> = Memory::default();
        let asked = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let asked = Arc::clone(&asked);
            async move {
                asked.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Answer("yes")
            }
        };
        let answers = futures_util::future::join_all((0..20).map(|_| memory.recall(1, ask))).await;
        assert!(answers.iter().all(|a| a.0 == "yes"));
        memory.recall(1, ask).await;
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        memory.recall(2, ask).await;
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn an_asker_that_gives_up_strands_nobody_and_costs_nothing() {
        let memory: Arc<Memory<u8, Answer>> = Arc::default();
        let asked = Arc::new(AtomicUsize::new(0));
        let gate = Arc::new(Notify::new());
        let ask = {
            let (asked, gate) = (Arc::clone(&asked), Arc::clone(&gate));
            move || {
                let (asked, gate) = (Arc::clone(&asked), Arc::clone(&gate));
                async move {
                    asked.fetch_add(1, Ordering::SeqCst);
                    gate.notified().await;
                    Answer("late")
                }
            }
        };
        let mut first = Box::pin(memory.recall(1, ask.clone()));
        assert!(futures_util::poll!(&mut first).is_pending());
        let second = tokio::spawn({
            let (memory, ask) = (Arc::clone(&memory), ask.clone());
            async move { memory.recall(1, ask).await }
        });
        tokio::task::yield_now().await;
        drop(first);
        gate.notify_one();
        assert_eq!(second.await.unwrap().0, "late");
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_question_that_everybody_left_is_dropped_and_can_be_asked_again() {
        let memory: Memory<u8, Answer> = Memory::default();
        let held = Arc::new(());
        let mut first = Box::pin(memory.recall(1, || {
            let held = Arc::clone(&held);
            async move {
                std::future::pending::<()>().await;
                drop(held);
                Answer("never")
            }
        }));
        assert!(futures_util::poll!(&mut first).is_pending());
        assert_eq!(Arc::strong_count(&held), 2);
        drop(first);
        assert_eq!(Arc::strong_count(&held), 1);
        assert_eq!(
            memory.recall(1, || async { Answer("again") }).await.0,
            "again"
        );
    }

    #[tokio::test]
    async fn only_what_saw_nothing_is_forgotten() {
        let memory: Memory<u8, Answer> = Memory::default();
        memory.recall(1, || async { Answer("seen") }).await;
        assert!(!memory.forget_failures());
        memory.recall(2, || async { Answer("") }).await;
        assert!(memory.forget_failures());
        assert_eq!(memory.recall(2, || async { Answer("now") }).await.0, "now");
        assert_eq!(memory.recall(1, || async { Answer("no") }).await.0, "seen");
    }
}
