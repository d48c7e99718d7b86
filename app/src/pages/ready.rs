//! Waiting for what a page needs: the city and the page's own first answers. All questions are
//! asked before, while the page is set up; what is shown afterwards asks nothing.

use std::future::Future;
use std::sync::Arc;

use leptos::prelude::*;

use crate::components::{Loading, Problem};
use crate::error::AppError;
use crate::functions::Boot;

type BootResource = Resource<Result<Boot, AppError>>;

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

/// Shows a page once the city and the page's own answers are there. A later answer replaces the
/// page without a gap.
pub(super) fn when_ready<T, L, F, S, V>(load: L, show: S) -> impl IntoView
where
    L: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
    S: Fn(Arc<Boot>, T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + Send + 'static,
    T: Send + 'static,
{
    let boot = use_boot();
    view! {
        <Transition fallback=Loading>
            {move || {
                let (loading, show) = (load(), show.clone());
                Suspend::new(async move {
                    let ready = async {
                        let boot = boot.await?;
                        Ok::<_, AppError>((Arc::new(boot), loading.await?))
                    };
                    match ready.await {
                        Ok((boot, loaded)) => show(boot, loaded).into_any(),
                        Err(error) => view! { <Problem error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}
