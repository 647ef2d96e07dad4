//! Edges, dominators and loops.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use theus_mir::cfg::{Cfg, remove_unreachable};
use theus_mir::dom::Dominators;
use theus_mir::{Block, Func, parse_func};

/// A function with those edges, from block 0.
fn graph(edges: &[&[u32]]) -> Func {
    let mut text = "fn %f(v0: i64) {\n".to_owned();
    for (n, targets) in edges.iter().enumerate() {
        let params = if n == 0 { "(v0: i64)" } else { "" };
        let end = match targets {
            [] => "return".to_owned(),
            [one] => format!("jump block{one}"),
            [first, rest @ ..] => {
                let cases: Vec<_> = rest
                    .iter()
                    .enumerate()
                    .map(|(n, to)| format!("{n}: block{to}"))
                    .collect();
                format!("switch v0, [{}], block{first}", cases.join(", "))
            }
        };
        text += &format!("block{n}{params}:\n{end}\n");
    }
    parse_func(&(text + "}\n")).unwrap()
}

fn b(n: u32) -> Block {
    Block::from_u32(n)
}

/// Whether every path from the entry to `below` passes `above`: by removing `above`.
fn dominates_by_definition(func: &Func, above: Block, below: Block) -> bool {
    if above == below {
        return true;
    }
    let mut cut = func.clone();
    cut.blocks[above].term = Some(theus_mir::Terminator::Return(Vec::new()));
    !Cfg::new(&cut).is_reachable(below)
}

#[test]
fn dominators_are_what_the_definition_says() {
    // Irreducible, nested and random graphs.
    let mut graphs: Vec<Vec<Vec<u32>>> = vec![
        vec![vec![1, 2], vec![2], vec![1, 3], vec![]],
        vec![vec![1], vec![2, 5], vec![3], vec![3, 4], vec![1], vec![]],
    ];
    let mut state = 7_u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    for size in 2..40 {
        let targets = (0..size)
            .map(|_| (0..next(4)).map(|_| 1 + next(size - 1)).collect())
            .collect();
        graphs.push(targets);
    }
    for edges in graphs {
        let edges: Vec<&[u32]> = edges.iter().map(Vec::as_slice).collect();
        let func = graph(&edges);
        let tree = Dominators::new(&func);
        let cfg = &tree.cfg;
        for (&above, &below) in cfg
            .order
            .iter()
            .flat_map(|a| cfg.order.iter().map(move |b| (a, b)))
        {
            let expected = dominates_by_definition(&func, above, below);
            assert_eq!(
                tree.dominates(above, below),
                expected,
                "{above} {below} {edges:?}"
            );
        }
        for &block in cfg.order.iter().skip(1) {
            let idom = tree.idom(block).unwrap();
            let strict =
                |&&other: &&Block| other != block && tree.dominates(other, block);
            assert!(
                cfg.order
                    .iter()
                    .filter(strict)
                    .all(|&other| tree.dominates(other, idom))
            );
        }
    }
}

#[test]
fn reverse_postorder_and_edges() {
    let func = graph(&[&[1, 2], &[3], &[3, 3], &[], &[3, 4]]);
    let cfg = Cfg::new(&func);
    assert_eq!(cfg.order.len(), 4);
    assert_eq!((cfg.order[0], cfg.order[3]), (b(0), b(3)));
    let mut preds = cfg.preds[b(3)].to_vec();
    preds.sort_unstable();
    assert_eq!(preds, [b(1), b(2), b(2)]);
    assert!(!cfg.is_reachable(b(4)));
    let tree = Dominators::of(cfg);
    assert!(!tree.dominates(b(0), b(4)) && !tree.dominates(b(4), b(4)));
    assert_eq!(tree.idom(b(0)), None);
}

#[test]
fn unreachable_blocks_go() {
    let mut func = graph(&[&[2], &[2], &[]]);
    remove_unreachable(&mut func);
    assert_eq!(func.layout, [b(0), b(2)]);
}

#[test]
fn natural_loops_with_their_bodies() {
    let func = graph(&[&[1], &[2, 5], &[3], &[2, 4], &[1], &[5, 6], &[]]);
    let found = Dominators::new(&func).loops();
    let found: Vec<(Block, Vec<Block>)> = found
        .into_iter()
        .map(|found| (found.header, found.blocks))
        .collect();
    assert_eq!(found.len(), 3);
    // Inner loops before the loops around them, blocks in reverse postorder.
    let position = |header| found.iter().position(|(at, _)| *at == header);
    assert!(position(b(2)).unwrap() < position(b(1)).unwrap());
    assert!(found.contains(&(b(1), vec![b(1), b(2), b(3), b(4)])));
    assert!(found.contains(&(b(2), vec![b(2), b(3)])));
    assert!(found.contains(&(b(5), vec![b(5)])));
}

#[test]
fn a_long_chain_of_checks_with_one_handler_is_fast() {
    // 20 000 blocks, all with an edge to the last: quadratic work would take minutes.
    let size = 20_000_u32;
    let edges: Vec<Vec<u32>> = (0..size)
        .map(|n| {
            if n + 1 < size {
                vec![n + 1, size]
            } else {
                vec![size]
            }
        })
        .chain([vec![]])
        .collect();
    let edges: Vec<&[u32]> = edges.iter().map(Vec::as_slice).collect();
    let tree = Dominators::new(&graph(&edges));
    assert_eq!(tree.idom(b(size)), Some(b(0)));
    assert!(tree.dominates(b(100), b(19_000)));
}
