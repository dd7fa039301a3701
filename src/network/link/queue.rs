//! What is due later.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Things that are due at a time, in nanoseconds. Those that are due at the same time come out in
/// the order in which they were put in.
#[derive(Debug, Clone)]
pub struct Queue<T> {
    heap: BinaryHeap<Entry<T>>,
    /// How many were ever put in, which orders equals.
    pushed: u64,
}

#[derive(Debug, Clone)]
struct Entry<T> {
    due_ns: u64,
    number: u64,
    item: T,
}

impl<T> Queue<T> {
    /// An empty queue.
    pub fn new() -> Queue<T> {
        Queue { heap: BinaryHeap::new(), pushed: 0 }
    }

    /// Puts in what is due at `due_ns`.
    pub fn push(&mut self, due_ns: u64, item: T) {
        self.heap.push(Entry { due_ns, number: self.pushed, item });
        self.pushed += 1;
    }

    /// When the next is due, in nanoseconds; none when nothing is left.
    pub fn next_due(&self) -> Option<u64> {
        self.heap.peek().map(|entry| entry.due_ns)
    }

    /// Takes out the next that is due at `now_ns` or was before, and when it was.
    pub fn pop_due(&mut self, now_ns: u64) -> Option<(u64, T)> {
        if self.next_due()? > now_ns {
            return None;
        }
        self.heap.pop().map(|entry| (entry.due_ns, entry.item))
    }

    /// How many are in it.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

impl<T> Default for Queue<T> {
    fn default() -> Queue<T> {
        Queue::new()
    }
}

impl<T> Ord for Entry<T> {
    /// The earliest is the greatest, since a heap gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.due_ns, other.number).cmp(&(self.due_ns, self.number))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Entry<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_comes_out_in_order_and_equals_as_they_went_in() {
        let mut queue = Queue::new();
        for (due_ns, item) in [(5, 'a'), (3, 'b'), (5, 'c'), (9, 'd'), (3, 'e'), (5, 'f')] {
            queue.push(due_ns, item);
        }
        assert_eq!(queue.next_due(), Some(3));
        assert_eq!(queue.pop_due(2), None);
        let due = std::iter::from_fn(|| queue.pop_due(8).map(|(_, item)| item));
        assert_eq!(due.collect::<String>(), "beacf");
        assert_eq!((queue.next_due(), queue.len()), (Some(9), 1));
    }
}
