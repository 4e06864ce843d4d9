//! What the whole message says, which one line does not.

use crate::extract::lexicon::Class;
use crate::extract::view::{Message, Style};

/// Facts about the message.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// The subject has a word for a one-time code, or for a code of any kind.
    pub(super) subject: Option<Class>,
    /// Anywhere is a word for a one-time code.
    pub(super) has_strong: bool,
    /// Anywhere is a word for a code.
    pub(super) has_plain: bool,
    /// It is about signing in.
    pub(super) is_auth: bool,
    /// Not a word of signing in, proving or expiring.
    pub(super) is_bare: bool,
    /// It is about a meeting.
    pub(super) is_meeting: bool,
    /// It is about prices, and not about signing in.
    pub(super) is_commerce: bool,
    pub(super) has_expiry: bool,
}

impl Context {
    pub(super) fn of(message: &Message, has_expiry: bool) -> Self {
        let mut context = Self { has_expiry, ..Self::default() };
        let (mut auth, mut commerce, mut meeting) = (0, 0, 0);
        for (place, read) in message.reads.iter().enumerate() {
            let shown = |at: usize| !read.view.style(at).has(Style::FOOTER) && !read.view.style(at).has(Style::QUOTED);
            let has = |class| read.labels.iter().any(|label| label.class == class && shown(label.start));
            context.has_strong |= has(Class::Strong);
            context.has_plain |= has(Class::Plain);
            auth = auth.max(read.count(Class::Auth));
            commerce = commerce.max(read.count(Class::Commerce) + usize::from(has(Class::NoCode)));
            meeting = meeting.max(read.count(Class::Meeting));
            if place == 0 {
                let code = [Class::Strong, Class::Plain].into_iter().find(|class| has(*class));
                context.subject = code.filter(|class| *class == Class::Strong || !has(Class::NoCode));
            }
        }
        context.is_auth = auth >= 2;
        context.is_bare = auth == 0 && !has_expiry;
        context.is_meeting = meeting >= 2 && context.subject != Some(Class::Strong);
        context.is_commerce = !context.has_strong && (commerce >= 3 || (commerce == 2 && !context.is_auth));
        context
    }
}
