//! Taking a person out of a case: the key goes, and the log notes that it went.

use domain::problem::Problem;
use toancanh_log::keys::Erased;

use super::Store;

impl Store {
    /// Destroys the key of a case: what is personal in it can be read by nobody any more, here or in any backup.
    ///
    /// # Errors
    /// A [`Problem`] of status 503: nothing may be relied on then.
    pub fn erase(&self, case: &str) -> Result<Erased, Problem> {
        self.keys.erase(case).map_err(|error| {
            tracing::error!(%error, "a case's key could not be destroyed");
            let detail = "The key store cannot be written; the key may be there still. Try again.";
            Problem::new("not-durable", 503, "Not durable now", detail)
        })
    }

    /// The same, and notes it in the log: which case and when.
    ///
    /// # Errors
    /// A [`Problem`] of status 503 where the key may be there still, or where it is gone and that could not be noted;
    /// asked again, it is noted.
    pub async fn erase_and_note(&self, case: &str) -> Result<Erased, Problem> {
        let erased = self.erase(case)?;
        if erased != Erased::NoKey {
            self.carrier().iter().for_each(|carrier| carrier.erased(case));
            let now = domain::Timestamp::from(jiff::Timestamp::now());
            let memo = crate::memos::erased(case, now, erased == Erased::Before);
            // Where there is a carrier, it takes it along by itself.
            self.append_here(vec![memo]).await.map_err(|problem| {
                let detail = format!(
                    "The key of the case is destroyed; that could not be noted in the log: {}",
                    problem.detail
                );
                Problem::new("not-durable", 503, "Not durable now", detail)
            })?;
        }
        Ok(erased)
    }
}
