//! Percentiles, defined once: nearest rank, the smallest value that at least that share of all values does not exceed.

/// The percentile of `values`, `share` between 0 and 1; `None` of nothing.
pub fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let index = rank(sorted.len(), share).checked_sub(1)?;
    sorted.get(index).copied()
}

/// The nearest rank, from 1; zero of nothing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a small count, never negative"
)]
fn rank(count: usize, share: f64) -> usize {
    ((share.clamp(0.0, 1.0) * count as f64).ceil() as usize).clamp(usize::from(count > 0), count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_nearest_rank() {
        let twenty: Vec<f64> = (1..=20).map(f64::from).collect();
        for (share, want) in [(0.95, 19.0), (0.5, 10.0), (1.0, 20.0), (0.0, 1.0)] {
            assert_eq!(percentile(&twenty, share), Some(want));
        }
        assert_eq!(percentile(&[], 0.95), None);
        assert_eq!(percentile(&[7.0], 0.95), Some(7.0));
    }

    proptest! {
        #[test]
        fn it_is_one_of_the_values(values in proptest::collection::vec(0.0f64..1e6, 1..60), share in 0.0f64..=1.0) {
            let found = percentile(&values, share).unwrap();
            prop_assert!(values.contains(&found));
        }
    }
}
