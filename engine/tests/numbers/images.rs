//! A server that goes on from an image answers as one that counted everything.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::state::image::{ImageHead, ImagePart};
use domain::state::{Changes, State};
use engine::image::ImageWriter;
use engine::{Cube, Registry, evaluate};
use proptest::prelude::*;

use crate::oracle;
use crate::world::{Dice, Server, Story, question_of_the_past, stories};

/// The same server, its state and counts written and read.
fn through_image(story: &Story, server: &Server) -> Server {
    let state = &server.state;
    let head = ImageHead::read(&state.image_head().unwrap()).unwrap();
    let mut writer = ImageWriter::default();
    let (mut cases, mut counts) = (Vec::new(), Vec::new());
    for places in state.image_stretches() {
        cases.push(ImagePart::read(state.image_part(places.clone()).unwrap()).unwrap());
        counts.push(engine::image::ImagePart::read(&writer.part(state, places)).unwrap());
    }
    let state = State::of_image(story.city.clone(), head, cases).unwrap();
    Server { state, cube: Cube::of_image(counts, Arc::new(Registry::standard())) }
}

proptest! {
    #![proptest_config(stories(40))]

    #[test]
    fn what_an_image_gives_back_and_the_log_after_it_is_what_everything_comes_to(seed: u64) {
        let mut dice = Dice(seed);
        let (story, arriving) = Story::new(seed, 50).arriving(&mut dice);
        let (before, after) = arriving.split_at(usize::try_from(dice.below(arriving.len() as u64 + 1)).unwrap());
        let at = dice.instant();
        let kept = Server::full(&story, before, at);
        let mut again = through_image(&story, &kept);
        prop_assert_eq!(again.cube.history().points() > 0, kept.state.cases().iter().any(|case| case.timeline.is_some()));
        // As a start reads the log after an image: each case folded once.
        let mut changes = Changes::default();
        let held: BTreeSet<_> = after.iter().flat_map(|event| again.state.hold(event.clone())).collect();
        for ix in held {
            again.state.fold_again(ix, &mut changes);
        }
        again.cube.catch_up(&changes.rows).unwrap();
        let now = at.plus_secs(i64::try_from(dice.below(86_400 * 9)).unwrap());
        again.tick(&[], now);
        let whole = Server::full(&story, &arriving, now);
        for _ in 0..8 {
            let query = question_of_the_past(&mut dice, now);
            let told = evaluate(&again.frozen(), &query).unwrap();
            prop_assert_eq!(&told, &evaluate(&whole.frozen(), &query).unwrap(), "{:?}", query);
            prop_assert_eq!(told.rows, oracle::rows(&again.state, &query), "{:?}", query);
        }
        prop_assert_eq!(again.state.digest(), whole.state.digest());
    }
}
