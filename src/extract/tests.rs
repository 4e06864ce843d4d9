//! What the whole finds in small messages, and what hostile ones cost.

use std::time::{Duration, Instant};

use super::{
    CodeConstraint, CodeKind, Extraction, Feature, Hints, Mail, Options, PartName, Pattern, Pick, Purpose, extract,
};

fn of(subject: &str, text: &str) -> Extraction {
    extract(&Mail { subject, text: Some(text), ..Mail::default() }, &Options::default())
}

fn of_html(subject: &str, html: &str) -> Extraction {
    extract(&Mail { subject, html: Some(html), from_domain: Some("acme.test"), ..Mail::default() }, &Options::default())
}

fn answer(found: &Extraction) -> Option<&str> {
    found.best_code(0.8).ok().map(|code| code.value.as_str())
}

#[test]
fn codes_of_many_shapes_and_languages_are_found() {
    for (subject, text, code) in [
        ("Sign in to Acme", "Your verification code is 482913. It expires in 10 minutes.", "482913"),
        ("Your code", "Hello,\n\n482 913\n\nis your one-time code.", "482913"),
        ("Sign in", "Enter this code to sign in:\n\n4 8 2 9 1 3\n", "482913"),
        ("G-482913 is your verification code", "G-482913 is your Acme verification code.", "482913"),
        ("Anmeldung", "Ihr Bestätigungscode lautet: 7714. Er ist 15 Minuten gültig.", "7714"),
        ("Connexion", "Votre code de vérification :\n\n204060\n\nNe le partagez avec personne.", "204060"),
        ("登录验证", "您的验证码是608451，5分钟内有效。请勿泄露。", "608451"),
        ("ログイン", "認証コード：４８２９１３\n有効期限は10分です。", "482913"),
        ("تسجيل الدخول", "رمز التحقق الخاص بك هو ٤٨٢٩١٣", "482913"),
        ("로그인", "인증번호는 [482913] 입니다. 10분 이내에 입력하세요.", "482913"),
        ("Přihlášení", "Váš ověřovací kód: 5512 9034", "55129034"),
        ("Device login", "Enter this device code to sign in:\n\nXKQZ-JTPW\n", "XKQZ-JTPW"),
        ("Sign in", "Your temporary login code:\n\nmufa-olen-tiba\n", "mufa-olen-tiba"),
        ("Confirm", "Your confirmation code: A7K2QX", "A7K2QX"),
    ] {
        let found = of(subject, text);
        assert_eq!(answer(&found), Some(code), "{text}: {:?}", found.codes);
    }
}

#[test]
fn numbers_of_other_kinds_are_not() {
    for (subject, text) in [
        ("Order shipped", "Your order 482913 has shipped. Tracking number: 9400110200"),
        ("Invoice 2026", "Invoice no. 771234\nAmount due: $1,482.00\nDue 20.11.2026"),
        ("Save 20%", "Use promo code SAVE2026 at checkout. Discount ends Sunday, shop the sale."),
        ("Code review", "Code review requested: PR 99123 changes 4821 lines."),
        ("Failed", "The request failed with error code 500123."),
        ("Password changed", "Your password was changed on 20 Nov 2026 at 16:12. Call +1 555 010 4477."),
        ("Card", "A payment with the card ending in 4821 was made at 14:20."),
        ("Anti-phishing", "Your anti-phishing code: HERON-4531. You signed in from Bergen."),
        ("Nachricht", "Unsere Adresse: Hauptstraße 5, 10115 Berlin. Postleitzahl 10115."),
    ] {
        let found = of(subject, text);
        assert_eq!(answer(&found), None, "{text}: {:?}", found.codes.first());
    }
}

#[test]
fn boxes_of_one_digit_each_are_one_code() {
    let cells: String = "482913".chars().map(|c| format!("<td style='border:1px solid'>{c}</td>")).collect();
    let found =
        of_html("Sign in", &format!("<p>Your login code</p><table><tr>{cells}</tr></table><p>Valid for 5 minutes</p>"));
    let code = found.best_code(0.8).unwrap();
    assert_eq!((code.value.as_str(), code.kind, code.source.part), ("482913", CodeKind::Numeric, PartName::Html));
    assert_eq!(code.expires_in_s, Some(300));
    assert!(code.features.contains(&Feature::Isolated));
}

#[test]
fn place_is_that_of_what_was_given() {
    let text = "Hello\r\n\r\nYour verification code: ٤٨٢٩١٣\r\n";
    let found = of("", text);
    let code = found.best_code(0.8).unwrap();
    let given: String = text.chars().skip(code.source.start).take(code.source.end - code.source.start).collect();
    assert_eq!((given.as_str(), code.display.as_str(), code.value.as_str()), ("٤٨٢٩١٣", "٤٨٢٩١٣", "482913"));
}

#[test]
fn domain_bound_code_comes_first_and_names_its_domain() {
    let found = of("Sign in", "Your order 771234.\n\n482913 is your Acme code.\n\n@acme.test #482913");
    let code = found.best_code(0.99).unwrap();
    assert_eq!(
        (code.kind, code.bound_domain.as_deref(), code.value.as_str()),
        (CodeKind::DomainBound, Some("acme.test"), "482913")
    );
}

#[test]
fn pattern_and_constraints_of_the_caller_win() {
    let mail = Mail { text: Some("Your verification code is 482913. Ref XJ-7781."), ..Mail::default() };
    let code =
        CodeConstraint { pattern: Some(Pattern::new(r"Ref ([A-Z]+-\d+)").unwrap()), ..CodeConstraint::default() };
    let found = extract(&mail, &Options { code, ..Options::default() });
    assert_eq!(found.codes[0].value, "XJ-7781");
    assert_eq!(found.codes[0].kind, CodeKind::Custom);
    let code = CodeConstraint { length: Some(4), ..CodeConstraint::default() };
    assert_eq!(extract(&mail, &Options { code, ..Options::default() }).codes, []);
    assert!(Pattern::new("(").is_err());
    assert!(Pattern::new(r"\w{1000}{1000}").is_err());
}

#[test]
fn two_codes_that_differ_are_refused() {
    let found = of("Your codes", "Your verification code: 482913\nYour verification code: 771234");
    assert!(found.ambiguous);
    assert!(matches!(found.best_code(0.5), Err(Pick::Ambiguous(codes)) if codes.len() == 2));
}

#[test]
fn link_that_the_message_is_about_is_told_from_the_others() {
    let found = of_html(
        "Reset your password",
        "<p>Hello, you asked for a new password.</p>\
         <a href='https://acme.test/reset?token=8f3b1c7e9a2d4f60&amp;u=1' class='btn'>Reset password</a>\
         <p>Not you? <a href='https://acme.test/help'>Get help</a></p>\
         <a href='https://acme.test/unsubscribe?id=3f9a1b77c2d04e5f'>Unsubscribe</a>\
         <a href='https://facebook.com/acme'>Facebook</a><img src='https://t.acme.test/o.gif' width='1' height='1'>",
    );
    let link = found.best_link(Some(Purpose::Reset), 0.8).unwrap();
    assert_eq!(link.url, "https://acme.test/reset?token=8f3b1c7e9a2d4f60&u=1");
    assert!(link.host_matches_sender);
    assert_eq!(found.best_link(None, 0.8).unwrap().url, link.url);
    let of_purpose = |purpose| found.links.iter().filter(|link| link.purpose == purpose).count();
    assert_eq!((of_purpose(Purpose::Unsubscribe), of_purpose(Purpose::Tracking)), (1, 1));
    assert!(found.best_link(Some(Purpose::MagicLogin), 0.5).is_err());
}

#[test]
fn result_is_the_same_after_it_was_stored() {
    let found = of("Sign in", "Your code: 482913 https://acme.test/login?token=8f3b1c7e9a2d4f60");
    let stored = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Extraction>(&stored).unwrap(), found);
}

#[test]
fn language_says_what_a_word_means_that_two_languages_have() {
    let of_locale = |locale: Option<&str>| {
        let hints = Hints { locale: locale.map(str::to_owned), ..Hints::default() };
        let mail = Mail { subject: "Login", text: Some("Login\n\nSENHA: 482913"), ..Mail::default() };
        extract(&mail, &Options { hints, ..Options::default() }).codes.first().map(|code| code.confidence)
    };
    // No word of Portuguese is lost by naming another language; a language without a file changes nothing.
    assert_eq!(of_locale(Some("xx")), of_locale(None));
    assert_eq!(of_locale(Some("pt-BR")), of_locale(Some("pt")));
}

#[test]
fn code_that_the_html_names_and_does_not_show_is_found() {
    let json = "<script type='application/ld+json'>{\"@type\":\"EmailMessage\",\"oneTimeCode\":\"482913\"}</script>";
    let link = "<a href='https://acme.test/verify?code=482913&amp;lang=en'>Copy code</a>";
    for inside in [json, link] {
        let found = of_html("Your sign-in code", &format!("<p>Your sign-in code is in this message.</p>{inside}"));
        let code = found.best_code(0.8).unwrap();
        assert_eq!((code.value.as_str(), code.source.start, code.source.end), ("482913", 0, 0), "{inside}");
    }
    for html in [
        "<p>Sign in to save 20 % on every order.</p><a href='https://acme.test/shop?code=482913'>Visit the shop</a>",
        "<p>Your sign-in code: 771234</p><a href='https://acme.test/login?code=482913'>Enter code</a>",
    ] {
        assert_ne!(answer(&of_html("Acme", html)), Some("482913"), "{html}");
    }
}

/// How long `extract` takes for `bytes` of a repeated piece in every part, the best of three.
fn time(piece: &str, bytes: usize) -> Duration {
    let input = piece.repeat(bytes / piece.len());
    let mail = Mail { subject: &input, text: Some(&input), html: Some(&input), ..Mail::default() };
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let began = Instant::now();
        let found = extract(&mail, &Options::default());
        best = best.min(began.elapsed());
        assert!(found.codes.len() <= 20 && found.links.len() <= 100, "{piece}");
    }
    best
}

#[test]
fn hostile_input_costs_what_its_length_costs() {
    const BYTES: usize = 2_000;
    _ = of("warm", "up");
    for piece in [
        "<div>",
        "<p>1",
        "<td>7",
        "<a href=x>",
        "<a href='https://a.test/",
        "&lt;",
        "&#x",
        "<!--",
        "<style>",
        "4",
        "4 ",
        "48-",
        "a@",
        "1.",
        "code ",
        "482913 ",
        "code 482913 ",
        "https://a.test/ ",
        "验证码",
        "<b><i>",
        "</p>",
        "::",
        "(1",
        "*1",
        "x x 4",
        "A1-",
    ] {
        // Four times as much takes four times as long; what grows with the square takes sixteen times.
        let (small, large) = (time(piece, BYTES), time(piece, 4 * BYTES));
        let limit = small * 9 + Duration::from_millis(4);
        assert!(large < limit, "{piece}: {small:?}, then {large:?}");
    }
}

/// What people type who try it out, or whose service says no more.
#[test]
fn a_few_words_are_enough() {
    for (subject, text, code) in [
        ("hello", "Your code is 482913.", "482913"),
        ("hello", "Code: 482913", "482913"),
        ("hello", "Here is your code: 482913", "482913"),
        ("Bonjour", "Votre code: 482913", "482913"),
        ("Hallo", "Ihr Code lautet 482913", "482913"),
        ("Welcome", "Your code is 123456", "123456"),
        ("Login", "Your code is 09123", "09123"),
        ("hello", "Use code 482913 to sign in", "482913"),
        ("hello", "Please use code 482913 to log in to Acme.", "482913"),
        ("hello", "482913", "482913"),
        ("hello", "您的验证码是604451,5分钟内有效。", "604451"),
        ("New code", "Your old code 111111 is no longer valid. Your new code is 204060.", "204060"),
    ] {
        let found = extract(&Mail { subject, text: Some(text), ..Mail::default() }, &Options::default());
        assert_eq!(found.sure_code().as_deref(), Some(code), "{text}: {:?}", found.codes);
    }
    for (subject, text) in [
        ("hello", "Your order 482913 has shipped."),
        ("hello", "Ticket 482913 was closed."),
        ("Sale", "Use code SAVE20 at checkout for 10% off."),
        ("Invoice", "Invoice 482913 is due."),
        ("hello", "See you at 1830 in room 4711."),
    ] {
        let found = extract(&Mail { subject, text: Some(text), ..Mail::default() }, &Options::default());
        assert_eq!(found.sure_code(), None, "{text}: {:?}", found.codes);
    }
}
