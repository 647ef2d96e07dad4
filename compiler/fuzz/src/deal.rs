//! Which features and scenes a program has: they are dealt like cards, so that each is in one of
//! so many programs.

use crate::feature::{self, Feature};
use crate::rng::Rng;
use crate::scene::{self, Scene};

/// So many programs get all features and scenes between them.
const PLAYERS: u64 = 16;

/// What a program has.
#[derive(Debug, Default)]
pub(crate) struct Deal {
    pub(crate) features: Vec<&'static Feature>,
    pub(crate) scenes: Vec<&'static Scene>,
    /// Whether all statements of them are wanted.
    pub(crate) whole: bool,
}

impl Deal {
    /// What the program of that seed has.
    pub(crate) fn of(seed: u64) -> Self {
        let (round, player) = (seed / PLAYERS, seed % PLAYERS);
        let mut rng = Rng::new(!round);
        // Each card goes to a player who has as few as any.
        let mut turn: Vec<u64> = Vec::new();
        let mut gets = || {
            if turn.is_empty() {
                turn = (0..PLAYERS).collect();
            }
            turn.swap_remove(rng.below(turn.len())) == player
        };
        let features = feature::all().filter(|_| gets()).collect();
        let scenes = scene::all().filter(|_| gets()).collect();
        Self {
            features,
            scenes,
            whole: false,
        }
    }

    /// One feature or scene, of which all is wanted.
    pub(crate) fn whole(name: &str) -> Self {
        Self {
            features: feature::all().filter(|it| it.name == name).collect(),
            scenes: scene::all().filter(|it| it.name == name).collect(),
            whole: true,
        }
    }
}
