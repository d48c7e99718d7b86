//! Waiting for what a page needs: the city and the page's own first answers. All questions are
//! asked before, while the page is set up; what is shown afterwards asks nothing.

use std::future::Future;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::reactive::computed::suspense::SuspenseContext;
use leptos::reactive::graph::untrack;
use leptos::reactive::spawn_local_scoped_with_cancellation;

use crate::components::{Loading, Problem};
use crate::error::AppError;
use crate::functions::Boot;
use crate::live::Answer;
use crate::turns::in_turn;

type BootResource = Answer<(), Boot>;

/// Makes what every page needs known to all.
pub fn provide_boot(boot: BootResource) -> BootResource {
    provide_context(boot);
    boot
}

/// What every page needs.
///
/// # Panics
/// Outside of [`App`](crate::App), which provides it.
#[must_use]
pub fn use_boot() -> BootResource {
    expect_context::<BootResource>()
}

/// Shows what needs only the city. It is shown once and stays.
pub(crate) fn when_booted<S, V>(show: S) -> impl IntoView
where
    S: FnOnce(Arc<Boot>) -> V + Send + 'static,
    V: IntoView + Send + 'static,
{
    let boot = use_boot();
    in_turn(view! {
        <Suspense fallback=Loading>
            {untrack(|| Suspend::new(apart(async move {
                match boot.await {
                    Ok(boot) => show(Arc::new(boot)).into_any(),
                    Err(error) => view! { <Problem error/> }.into_any(),
                }
            })))}
        </Suspense>
    })
}

/// Shows a part of a page once the city and the part's own answers are there. `load` reads what it
/// depends on before its future begins.
pub(crate) fn when_ready<T, L, F, S, V>(load: L, show: S) -> impl IntoView
where
    L: Fn() -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
    S: Fn(Arc<Boot>, T) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let boot = use_boot();
    let both = move || {
        let loading = load();
        async move { Ok((Booted(Arc::new(boot.await?)), loading.await?)) }
    };
    when_loaded(
        both,
        || view! { <Loading/> },
        move |loaded| match loaded {
            Ok((Booted(boot), loaded)) => show(boot, loaded).into_any(),
            Err(error) => view! { <Problem error/> }.into_any(),
        },
    )
}

/// Shows a part of a page once its answer is there; `fallback` stands in its place before the first.
/// A later answer replaces the part in one step, and one that is equal changes nothing.
///
/// A part is never shown again while it waits: its signals would be gone while its elements still
/// stand on the page.
pub(crate) fn when_loaded<T, L, F, B, W, S, V>(load: L, fallback: B, show: S) -> impl IntoView
where
    L: Fn() -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
    B: Fn() -> W + Send + Sync + 'static,
    W: IntoView + Send + 'static,
    S: Fn(Result<T, AppError>) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let latest: Latest<T> = RwSignal::new(None);
    follow(latest, load.clone());
    let fallback = Arc::new(fallback);
    let until_then = fallback.clone();
    in_turn(view! {
        <Suspense fallback=move || fallback()>
            {untrack(|| {
                let first = load();
                // One future for all: what waits within what waits would not be served.
                Suspend::new(apart(async move {
                    let first = first.await;
                    // Of a question that has been replaced meanwhile: its answer is on the way.
                    if !matches!(&first, Err(error) if error.is_superseded()) {
                        latest.set(Some(first));
                    }
                    move || match latest.get() {
                        Some(loaded) => untrack(|| show(loaded).into_any()),
                        None => untrack(|| until_then().into_any()),
                    }
                }))
            })}
        </Suspense>
    })
}

/// The same future apart from the waiting around it.
///
/// What a [`Suspend`] reads, be it what it waits for or what it then shows, it hands on to whatever
/// it stands in, and each answer that is read there makes its [`Suspense`] take the part off the
/// page while the next one is on its way. A map off the page has no size, asks for another
/// resolution and is taken off again, without end. So nobody subscribes here, and there is no
/// `Suspense` to be found.
fn apart<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let owner = Owner::new();
    owner.with(|| provide_context(SuspenseContext { tasks: ArcRwSignal::default() }));
    // What is shown lives in it, as long as the part that it belongs to.
    let kept = owner.clone();
    on_cleanup(move || drop(kept));
    let mut future = Box::pin(future);
    std::future::poll_fn(move |context| owner.with(|| untrack(|| future.as_mut().poll(context))))
}

/// The city does not change while a page lives.
#[derive(Clone)]
struct Booted(Arc<Boot>);

impl PartialEq for Booted {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

type Latest<T> = RwSignal<Option<Result<T, AppError>>>;

/// Loads anew whenever something that `load` reads has changed; in the browser only.
fn follow<T, F>(latest: Latest<T>, load: impl Fn() -> F + Send + Sync + 'static)
where
    F: Future<Output = Result<T, AppError>> + Send + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
{
    Effect::new(move |earlier: Option<()>| {
        let loading = load();
        if earlier.is_none() {
            // The first answer is the page's own.
            return;
        }
        // Given up when something changes again, or the page is left.
        spawn_local_scoped_with_cancellation(async move {
            let loaded = Some(loading.await);
            let is_superseded = matches!(&loaded, Some(Err(error)) if error.is_superseded());
            if !is_superseded && latest.try_with_untracked(|latest| *latest != loaded) == Some(true) {
                latest.set(loaded);
            }
        });
    });
}
