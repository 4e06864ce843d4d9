//! Inboxes are made, found, changed and listed.

use restante::model::inbox::{InboxState, OnFull, Quota};
use restante::model::{InboxId, Timestamp};
use restante::store::{Constraint, Error, InboxChange, InboxQuery, SealedCredential};

use crate::both_stores;
use crate::support::BareStore;

/// Every inbox of the project.
fn all(bare: &BareStore, limit: usize) -> InboxQuery {
    InboxQuery {
        project: bare.store.default_project(),
        before: None,
        tags: Vec::new(),
        metadata: Vec::new(),
        run: None,
        domain: None,
        state: None,
        text: None,
        limit,
    }
}

async fn ids(bare: &BareStore, query: InboxQuery) -> Vec<InboxId> {
    bare.store.inboxes(&query).await.unwrap().into_iter().map(|inbox| inbox.id).collect()
}

both_stores! {
    async fn an_inbox_comes_back_as_it_was_asked_for(bare) {
        let mut new = bare.new_inbox("Ünï+Tag@STORE.test");
        new.tags = vec!["a b".to_owned(), "zwei".to_owned()];
        new.metadata = [("pr".to_owned(), "481".to_owned()), ("q\"\\".to_owned(), "\u{1f980}".to_owned())].into();
        new.run = Some("run 7".to_owned());
        new.persona = Some("gmail".to_owned());
        new.quota = Quota { max_messages: Some(3), max_bytes: Some(1 << 40), on_full: OnFull::EvictOldest };
        new.expires_at = Some(bare.now().plus_seconds(60));
        let made = bare.store.create_inbox(new.clone()).await.unwrap();
        assert_eq!(bare.get(made.id).await, made);
        assert_eq!(bare.store.inbox_by_key(&new.address.key()).await.unwrap(), Some(made.clone()));
        assert_eq!((made.address, made.tags, made.metadata), (new.address, new.tags, new.metadata));
        assert_eq!((made.run, made.persona, made.quota), (new.run, new.persona, new.quota));
        assert_eq!((made.expires_at, made.state, made.created_at), (new.expires_at, InboxState::Active, bare.now()));
        assert_eq!((made.last_seq.0, made.counts, made.version), (0, Default::default(), 1));
    }
}

both_stores! {
    async fn an_address_is_taken_whatever_its_case(bare) {
        let first = bare.inbox("Anna@store.test").await;
        let position = bare.position().await;
        let again = bare.store.create_inbox(bare.new_inbox("aNNA@STORE.TEST")).await;
        assert!(matches!(again, Err(Error::Taken(Constraint::Address))), "{again:?}");
        // The one that failed has left nothing, not even a number.
        assert_eq!(bare.position().await, position);
        assert_eq!(ids(&bare, all(&bare, 10)).await, [first]);
    }
}

both_stores! {
    async fn a_client_ref_is_found_with_what_was_asked_for(bare) {
        let named = |address: &str| {
            let mut new = bare.new_inbox(address);
            new.client_ref = Some(("test-17/a".to_owned(), vec![1, 2, 3]));
            new
        };
        let made = bare.store.create_inbox(named("one@store.test")).await.unwrap();
        let project = bare.store.default_project();
        let found = bare.store.inbox_by_client_ref(project, "test-17/a").await.unwrap().unwrap();
        assert_eq!(found, (made, vec![1, 2, 3]));
        let again = bare.store.create_inbox(named("two@store.test")).await;
        assert!(matches!(again, Err(Error::Taken(Constraint::ClientRef))), "{again:?}");
        assert!(bare.store.inbox_by_client_ref(project, "test-17/b").await.unwrap().is_none());
    }
}

both_stores! {
    async fn of_many_that_want_one_address_one_gets_it(bare) {
        let tries = (0..20).map(|_| bare.store.create_inbox(bare.new_inbox("one@store.test")));
        let outcomes = futures_util::future::join_all(tries).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(_) | Err(Error::Taken(Constraint::Address)))));
    }
}

both_stores! {
    async fn a_credential_is_found_by_its_folded_name_and_taken_once(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let sealed =
            SealedCredential { username: "Anna".into(), username_key: "anna".into(), secret: vec![0, 255, 7] };
        bare.store.create_credential(inbox, sealed.clone()).await.unwrap();
        let (owner, found) = bare.store.credential("anna").await.unwrap().unwrap();
        assert_eq!((owner, found.username, found.secret), (inbox, sealed.username.clone(), sealed.secret.clone()));
        assert!(bare.store.credential("Anna").await.unwrap().is_none());
        let again = bare.store.create_credential(inbox, sealed).await;
        assert!(matches!(again, Err(Error::Taken(Constraint::Username))), "{again:?}");
    }
}

both_stores! {
    async fn a_change_counts_the_version_and_a_stale_one_changes_nothing(bare) {
        let id = bare.inbox("one@store.test").await;
        let freeze = InboxChange { state: Some(InboxState::Frozen), if_version: Some(1), ..InboxChange::default() };
        let frozen = bare.store.update_inbox(id, freeze.clone()).await.unwrap();
        assert_eq!((frozen.state, frozen.version), (InboxState::Frozen, 2));
        assert_eq!(bare.get(id).await, frozen);
        let tags = InboxChange { tags: Some(vec!["x".into()]), if_version: Some(1), ..InboxChange::default() };
        assert!(matches!(bare.store.update_inbox(id, tags).await, Err(Error::Changed)));
        assert_eq!(bare.get(id).await, frozen);
        let end = |at| InboxChange { expires_at: Some(at), ..InboxChange::default() };
        let at = Some(Timestamp::from_micros(i64::MAX));
        assert_eq!(bare.store.update_inbox(id, end(at)).await.unwrap().expires_at, at);
        assert_eq!(bare.store.update_inbox(id, end(None)).await.unwrap().expires_at, None);
        let nobody = InboxId::new(bare.now());
        assert!(matches!(bare.store.update_inbox(nobody, freeze).await, Err(Error::NoInbox(_))));
    }
}

both_stores! {
    async fn lists_are_narrowed_by_every_condition_and_page_without_holes(bare) {
        let mut made = Vec::new();
        for number in 0..130 {
            let mut new = bare.new_inbox(&format!("list-{number}@{}.test", if number % 2 == 0 { "even" } else { "odd" }));
            new.tags = if number % 10 == 0 { vec!["ten".into(), "x".into()] } else { vec!["x".into()] };
            new.metadata = [("third".to_owned(), (number % 3).to_string())].into();
            new.run = (number < 5).then(|| "first".to_owned());
            made.push(bare.store.create_inbox(new).await.unwrap().id);
        }
        made.reverse();
        let mut paged = Vec::new();
        loop {
            let page = ids(&bare, InboxQuery { before: paged.last().copied(), ..all(&bare, 7) }).await;
            assert!(page.len() <= 7);
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, made);
        let count = async |query| ids(&bare, query).await.len();
        let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
        assert_eq!(count(InboxQuery { tags: tags(&["ten"]), ..all(&bare, 200) }).await, 13);
        assert_eq!(count(InboxQuery { tags: tags(&["x", "ten"]), ..all(&bare, 200) }).await, 13);
        assert_eq!(count(InboxQuery { tags: tags(&["te"]), ..all(&bare, 200) }).await, 0);
        assert_eq!(count(InboxQuery { metadata: vec![("third".into(), "2".into())], ..all(&bare, 200) }).await, 43);
        assert_eq!(count(InboxQuery { run: Some("first".into()), ..all(&bare, 200) }).await, 5);
        assert_eq!(count(InboxQuery { domain: Some("EVEN.test".into()), ..all(&bare, 200) }).await, 65);
        assert_eq!(count(InboxQuery { text: Some("LIST-12".into()), ..all(&bare, 200) }).await, 11);
        assert_eq!(count(InboxQuery { text: Some("%".into()), ..all(&bare, 200) }).await, 0);
        assert_eq!(count(InboxQuery { state: Some(InboxState::Frozen), ..all(&bare, 200) }).await, 0);
    }
}
