//! In what order a block is computed, and in which registers.
//!
//! Tests of columns come first, column by column, so that a column's part is read while it
//! is in the nearest cache; a register is given back after its last reader, so that all
//! of them stay near too. Knows nodes and who reads them, not what they compute.
//!
//! ```text
//! test a ≥ 3 · test a ≥ 9 · test b = 1 · and … · deliver
//! ```

use super::graph::{Graph, Id, Literal, Node};

/// What a program hands over.
#[derive(Debug, Clone, Copy)]
pub(super) enum Delivery {
    Holds(usize, Literal),
    Fails(usize, Literal),
    /// A number and where it is known.
    Amount(usize, Id, Literal),
}

impl Delivery {
    fn nodes(self) -> [Id; 2] {
        match self {
            Delivery::Holds(_, literal) | Delivery::Fails(_, literal) => [literal.plane; 2],
            Delivery::Amount(_, number, known) => [number, known.plane],
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Compute(Id),
    Deliver(Delivery),
}

#[derive(Debug, Default)]
pub(super) struct Schedule {
    pub(super) steps: Vec<Step>,
    /// The register of each node that is computed.
    pub(super) places: Vec<usize>,
    pub(super) sizes: Sizes,
}

/// How many registers there are of each sort.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sizes {
    pub(super) planes: usize,
    pub(super) narrow: usize,
    pub(super) wide: usize,
}

impl Schedule {
    /// Nodes that are read where they stand, `is_at_hand`, are never computed.
    pub(super) fn new(
        graph: &Graph,
        deliveries: &[Delivery],
        is_at_hand: impl Fn(Id) -> bool,
    ) -> Schedule {
        let order = order(graph, deliveries, is_at_hand);
        let mut positions = vec![0; graph.nodes.len()];
        for (position, id) in order.iter().enumerate() {
            positions[*id as usize] = position;
        }
        // Delivered as soon as computed, so that registers are free again early.
        let mut due: Vec<Vec<Delivery>> = vec![Vec::new(); order.len().max(1)];
        for delivery in deliveries {
            let nodes = delivery.nodes().map(|id| positions[id as usize]);
            due[nodes[0].max(nodes[1])].push(*delivery);
        }
        let mut steps = Vec::new();
        for (position, due) in due.into_iter().enumerate() {
            steps.extend(order.get(position).map(|id| Step::Compute(*id)));
            steps.extend(due.into_iter().map(Step::Deliver));
        }
        let (places, sizes) = registers(graph, &steps);
        Schedule {
            steps,
            places,
            sizes,
        }
    }
}

fn order(graph: &Graph, deliveries: &[Delivery], is_at_hand: impl Fn(Id) -> bool) -> Vec<Id> {
    let mut is_read = vec![false; graph.nodes.len()];
    for delivery in deliveries {
        for id in delivery.nodes() {
            is_read[id as usize] = true;
        }
    }
    for index in (0..graph.nodes.len()).rev() {
        if is_read[index] {
            let mut read = |id: Id| is_read[id as usize] = true;
            graph.nodes[index].operands(&graph.nodes, &mut read);
        }
    }
    let ids = 0..graph.nodes.len() as Id;
    let mut order: Vec<Id> = ids
        .filter(|id| is_read[*id as usize] && !is_at_hand(*id))
        .collect();
    order.sort_by_key(|id| match graph.nodes[*id as usize] {
        Node::Range { fact, .. } => (fact, *id),
        _ => (usize::MAX, *id),
    });
    order
}

/// A register for each node, not that of anything still to be read.
fn registers(graph: &Graph, steps: &[Step]) -> (Vec<usize>, Sizes) {
    let readers = |step: &Step, use_of: &mut dyn FnMut(Id)| match step {
        Step::Compute(id) => {
            graph.nodes[*id as usize].operands(&graph.nodes, &mut |id| use_of(id));
            use_of(*id);
        }
        Step::Deliver(delivery) => delivery.nodes().into_iter().for_each(use_of),
    };
    let mut last = vec![0; graph.nodes.len()];
    let mut is_computed = vec![false; graph.nodes.len()];
    for (position, step) in steps.iter().enumerate() {
        readers(step, &mut |id| last[id as usize] = position);
        if let Step::Compute(id) = step {
            is_computed[*id as usize] = true;
        }
    }
    let mut places = vec![0; graph.nodes.len()];
    let mut sizes = Sizes::default();
    let mut free: [Vec<usize>; 3] = Default::default();
    for (position, step) in steps.iter().enumerate() {
        if let Step::Compute(id) = step {
            let sort = sort(graph, *id);
            let size = match sort {
                0 => &mut sizes.planes,
                1 => &mut sizes.narrow,
                _ => &mut sizes.wide,
            };
            places[*id as usize] = free[sort].pop().unwrap_or_else(|| {
                *size += 1;
                *size - 1
            });
        }
        readers(step, &mut |id| {
            let index = id as usize;
            if is_computed[index] && last[index] == position {
                free[sort(graph, id)].push(places[index]);
                // A node that is read twice here is given back once.
                is_computed[index] = false;
            }
        });
    }
    (places, sizes)
}

/// Plane, number in i64, number in i128.
fn sort(graph: &Graph, id: Id) -> usize {
    match graph.nodes[id as usize].is_number() {
        false => 0,
        true => 1 + usize::from(graph.of(id).is_wide),
    }
}
