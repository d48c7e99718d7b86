//! The figures of each procedure: shares of what happens, and how long each act takes.

use domain::document::{Fault, Table};

use super::figure::{Delay, amount, delay, share};

/// A table of named figures, all required, read under their own names.
macro_rules! figures {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $kind:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name {
            $($(#[$about])* pub(crate) $field: figures!(@type $kind),)*
        }

        impl $name {
            pub(super) fn read(table: &Table<'_>) -> Result<Self, Fault> {
                table.allow(&[$(stringify!($field),)* "basis"])?;
                Ok(Self { $($field: $kind(table, stringify!($field))?,)* })
            }
        }
    };
    (@type share) => { f64 };
    (@type delay) => { Delay };
    (@type amount) => { Delay };
}

figures! {
    /// From the report to the unit (4874/QĐ-UBND Điều 6).
    Intake {
        /// Refused, with a reason.
        refused: share,
        refuse: delay,
        /// Until a report of a known matter is linked to the first one.
        link: delay,
        /// Came in by another system too.
        copied: share,
        /// The operator has to say which unit it is for.
        undetermined: share,
        guide: delay,
        dispatch: delay,
        deliver: delay,
        /// The reporter asks for confidentiality.
        confidential: share,
    }
}

figures! {
    /// An infrastructure incident (Điều 7.1).
    Incident {
        /// Not real.
        false_report: share,
        verify: delay,
        close_false: delay,
        /// Another unit's responsibility.
        other_unit: share,
        give_back: delay,
        review: delay,
        forward: delay,
        assign: delay,
        inspect: delay,
        repair: delay,
        /// Cannot be fixed at once.
        complex: share,
        /// Of these, led by the operator.
        major: share,
        mitigate: delay,
        repair_complex: delay,
        /// From the repair to the result in the software.
        record: delay,
        /// Of the repairs that will take longer than the limit, an expected completion is recorded.
        commits: share,
        commit: delay,
        commit_complex: delay,
        /// Of these, the recorded time passes too.
        overruns: share,
    }
}

figures! {
    /// A matter that is answered (Điều 7.2).
    Matter {
        not_competent: share,
        /// Of these, somebody went to look.
        field_check: share,
        give_back: delay,
        give_back_checked: delay,
        forward: delay,
        assign: delay,
        begin: delay,
        answer: delay,
        /// Of the answers that will be late, a progress response with a committed time.
        commits: share,
        commit: delay,
        overruns: share,
    }
}

figures! {
    /// Initiatives, and directives not carried out (Điều 7.3).
    Office {
        send: delay,
        receive: delay,
        review: delay,
        coordination: share,
        begin: delay,
        answer: delay,
    }
}

figures! {
    /// Slips to focal officers and unit heads (583/QĐ-UBND Điều 8, 9).
    Slip {
        refused: share,
        refuse: delay,
        copied: share,
        link: delay,
        unclear: share,
        ask: delay,
        clarify: delay,
        /// Answered by the agent from reference data.
        direct: share,
        answer_direct: delay,
        /// Urgent: the call is put through.
        urgent: share,
        call: delay,
        /// The unit does not take the call at once: a slip.
        slip: delay,
        /// The focal officer says when it will be done.
        promises: share,
        promise: delay,
        answer: delay,
        answer_promised: delay,
        /// From the limit's end until the slip reaches the unit head.
        escalate: delay,
        /// Working time of the focal officer before that.
        limit: delay,
        answer_head: delay,
        /// Units that do not agree: to the City Office.
        disputed: share,
        direct_lead: delay,
        pressing: share,
        compile: delay,
        /// The reporter disagrees with the answer.
        disagrees: share,
        disagree: delay,
        answer_again: delay,
        confidential: share,
    }
}

figures! {
    /// When the result is there.
    After {
        notice: delay,
        published: share,
        publish: delay,
        rated: share,
        rate: delay,
    }
}

figures! {
    /// The way of a dossier (2686/QĐ-UBND Phần II.II.2.b).
    Desk {
        supplement: share,
        ask: delay,
        supplied: delay,
        circulate: delay,
        /// Until it lies before the leader, as a share of the procedure's limit.
        process: amount,
        sent_back: share,
        rework: delay,
        approve: delay,
        give: delay,
        stopped: share,
        stop: delay,
        rate: delay,
    }
}
