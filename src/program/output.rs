//! What a program prints: all of it is read, its head and its tail are kept.

use std::collections::VecDeque;

use crate::evidence::{Payload, Stream, What};

/// How much of the beginning, and of the end, of each stream is kept.
const KEPT: usize = 64 * 1024;

/// The output of one program.
#[derive(Debug, Default)]
pub(super) struct Output {
    terminal: Kept,
    errors: Kept,
}

#[derive(Debug, Default)]
struct Kept {
    /// How many bytes came in all.
    total: u64,
    /// The last of those that came after the head.
    tail: VecDeque<u8>,
}

impl Output {
    /// Takes in what a stream wrote. The head is handed on at once.
    pub(super) fn take(&mut self, stream: Stream, bytes: &[u8], record: &mut impl FnMut(What)) {
        let kept = self.of(stream);
        let room = KEPT.saturating_sub(kept.total as usize).min(bytes.len());
        let (head, rest) = bytes.split_at(room);
        kept.total += bytes.len() as u64;
        kept.tail.extend(rest);
        let surplus = kept.tail.len().saturating_sub(KEPT);
        kept.tail.drain(..surplus);
        if !head.is_empty() {
            record(What::Output { stream, text: Payload::from(head) });
        }
    }

    /// Hands on the tails, each after a line that says how much is missing before it.
    pub(super) fn finish(&mut self, record: &mut impl FnMut(What)) {
        for stream in [Stream::Terminal, Stream::Errors] {
            let kept = self.of(stream);
            let missing = kept.total.saturating_sub((KEPT + kept.tail.len()) as u64);
            let tail: Vec<u8> = kept.tail.drain(..).collect();
            if missing > 0 {
                let gap = format!("\n… {missing} bytes are left out here …\n");
                record(What::Output { stream, text: Payload::from(gap) });
            }
            if !tail.is_empty() {
                record(What::Output { stream, text: Payload::from(tail) });
            }
        }
    }

    /// How many bytes came on both streams.
    pub(super) fn total(&self) -> u64 {
        self.terminal.total + self.errors.total
    }

    fn of(&mut self, stream: Stream) -> &mut Kept {
        match stream {
            Stream::Terminal => &mut self.terminal,
            Stream::Errors => &mut self.errors,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn printed(chunks: &[&[u8]]) -> Vec<u8> {
        let mut all = Vec::new();
        let mut record = |what| {
            if let What::Output { text, .. } = what {
                all.extend_from_slice(text.bytes());
            }
        };
        let mut output = Output::default();
        for chunk in chunks {
            output.take(Stream::Terminal, chunk, &mut record);
        }
        output.finish(&mut record);
        all
    }

    #[test]
    fn little_output_is_kept_whole() {
        assert_eq!(printed(&[b"one\n", b"two\n"]), b"one\ntwo\n");
    }

    #[test]
    fn much_output_keeps_its_head_and_its_tail() {
        let (head, middle, tail) = (vec![b'a'; KEPT], vec![b'b'; 1000], vec![b'c'; KEPT]);
        let all = printed(&[&head, &middle, &tail]);
        assert!(all.starts_with(&head) && all.ends_with(&tail));
        let between = String::from_utf8_lossy(&all[KEPT..all.len() - KEPT]).into_owned();
        assert!(between.contains("1000 bytes are left out"), "{between}");
    }

    #[test]
    fn output_that_fits_head_and_tail_has_no_gap() {
        let all = printed(&[&vec![b'a'; KEPT], b"the end"]);
        assert_eq!(all.len(), KEPT + 7);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_in_which_pieces_output_comes(
            pieces in vec((any::<u8>(), prop_oneof![3 => 0..100_usize, 1 => 0..KEPT]), 0..8),
        ) {
            let pieces: Vec<Vec<u8>> = pieces.into_iter().map(|(b, n)| vec![b; n]).collect();
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let whole = pieces.concat();
            let kept = printed(&pieces);
            prop_assert!(kept == printed(&[&whole]));
            prop_assert!(kept.len() <= 2 * KEPT + 100);
            prop_assert!(kept.starts_with(&whole[..whole.len().min(KEPT)]));
            prop_assert!(kept.ends_with(&whole[whole.len().saturating_sub(KEPT)..]));
        }
    }
}
