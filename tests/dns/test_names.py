"""Names are brought into the form AWS stores, or refused with a reason."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.dns import names
from northsouth.dns.names import (
    InvalidNameError,
    aws_name,
    canonical_domain,
    canonical_target,
    check_aws_name,
    check_domain,
    check_override_domain,
    check_target,
    covers,
)

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True).filter(lambda label: label[2:4] != "--")
HOST = st.lists(LABEL, min_size=2, max_size=5).map(".".join).filter(lambda name: not name[-1].isdigit())
ANY_CASE = st.sampled_from([str.lower, str.upper, str.title])


@pytest.mark.parametrize(
    ("given_name", "stored"),
    [
        ("api.example.com", "api.example.com."),
        ("API.Example.COM.", "api.example.com."),
        ("localhost", "localhost."),
        ("*.example.com", "*.example.com."),
        ("*.com.", "*.com."),
        ("*", "*."),
        ("*.", "*."),
        ("bücher.example", "xn--bcher-kva.example."),
        ("*.BÜCHER.example", "*.xn--bcher-kva.example."),
        ("faß.example", "xn--fa-hia.example."),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah."),
        ("xn--bcher-kva.example", "xn--bcher-kva.example."),
        ("r3---sn.example", "r3---sn.example."),
        ("-listed-.example", "-listed-.example."),
        (f"{'a' * 63}.example", f"{'a' * 63}.example."),
        (".".join(["a" * 49] * 5) + ".abc", ".".join(["a" * 49] * 5) + ".abc."),
    ],
)
def test_domains_take_the_stored_form(given_name: str, stored: str) -> None:
    assert canonical_domain(given_name) == stored
    assert canonical_domain(stored) == stored


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        (".", "empty"),
        ("a..b", "empty"),
        (".example.com", "empty"),
        ("*..com", "empty"),
        ("a*.example.com", "`*` stands alone"),
        ("**example.com", "`*` stands alone"),
        ("api.*.com", "`*` stands alone"),
        ("*.*.com", "`*` stands alone"),
        ("under_score.example.com", "letters, digits, hyphens"),
        ("https://example.com/x", "without scheme"),
        ("example.com:443", "without scheme"),
        ("a b.example.com", "white space"),
        (" example.com", "white space"),
        ("exämple .com", "IDNA 2008"),
        ("❤.example", "IDNA 2008"),
        (f"{'a' * 64}.example", "63 characters"),
        (f"{'ü' * 60}.example", "IDNA 2008"),
        (".".join(["a" * 50] * 5), "253 characters, this one has 254"),
        ("*." + ".".join(["a" * 49] * 5) + ".ab", "253 characters"),
    ],
)
def test_bad_domains_are_refused_with_the_reason(name: str, reason: str) -> None:
    [problem] = check_domain("names[0]", name)
    assert problem.where == "names[0]"
    assert reason in str(problem)


@pytest.mark.parametrize(
    ("target", "stored"),
    [
        ("Internal-ALB-1.us-east-1.elb.amazonaws.com", "internal-alb-1.us-east-1.elb.amazonaws.com."),
        ("hub", "hub."),
    ],
)
def test_targets_take_the_stored_form(target: str, stored: str) -> None:
    assert canonical_target(target) == stored


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("10.0.0.5", "never to an IP address"),
        ("10.0.0.5.", "never to an IP address"),
        ("2001:db8::1", "never to an IP address"),
        ("*.example.com", "one host name"),
        ("http://hub", "without scheme"),
        ("-hub.example", "hyphen"),
        ("_x1.acm.example", "one host name"),
        ("", "empty"),
    ],
)
def test_bad_targets_are_refused_with_the_reason(target: str, reason: str) -> None:
    [problem] = check_target("target", target)
    assert reason in str(problem)


@pytest.mark.parametrize(("name", "reason"), [("-a.example", "hyphen"), ("10.0.0.1", "IP address"), ("a..b", "empty")])
def test_only_a_name_a_host_can_have_is_overridden(name: str, reason: str) -> None:
    [problem] = check_override_domain("names", name)
    assert reason in str(problem)
    assert not [*check_override_domain("names", "*.example.com"), *check_override_domain("names", "*")]


def test_tokens_are_not_judged() -> None:
    token = "${aws_lb.hub.dns_name}"
    assert not [*check_domain("x", token), *check_target("x", token), *check_aws_name("x", token)]
    assert not [*check_override_domain("x", token)]


def test_what_is_no_text_is_refused() -> None:
    assert "text" in str(next(check_domain("x", 5)))  # type: ignore[arg-type]
    assert "text" in str(next(check_target("x", None)))  # type: ignore[arg-type]


@given(HOST, ANY_CASE, st.booleans())
def test_case_and_the_dot_do_not_matter(name: str, case: object, dot: bool) -> None:
    spelled = case(name) + ("." if dot else "")  # type: ignore[operator]
    assert canonical_domain(spelled) == canonical_target(spelled) == f"{name}."


@given(st.text(max_size=300))
def test_any_text_is_stored_stably_or_refused(text: str) -> None:
    for canonical in (canonical_domain, canonical_target):
        try:
            stored = canonical(text)
        except InvalidNameError:
            continue
        assert canonical(stored) == stored == stored.lower()
        assert stored.endswith(".")
        assert stored.isascii()
        assert len(stored) <= 254


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*.", "a.example.", True),
        ("*.", "*.example.", True),
        ("*.example.", "a.b.example.", True),
        ("*.example.", "*.b.example.", True),
        ("*.example.", "*.example.", True),
        ("*.example.", "example.", False),
        ("*.example.", "anexample.", False),
        ("*.b.example.", "*.example.", False),
        ("a.example.", "a.example.", True),
        ("a.example.", "b.a.example.", False),
    ],
)
def test_what_a_pattern_covers(pattern: str, name: str, *, expected: bool) -> None:
    assert covers(pattern, name) is expected


@pytest.mark.parametrize("name", ["a", "hub-1", "it's mine", "under_score", "a" * 64, "1a"])
def test_good_aws_names(name: str) -> None:
    assert not [*check_aws_name("name", name)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("", "at least one"), ("a.b", "letters"), ("ü", "letters"), ("a" * 65, "65 characters"), ("123", "digits alone")],
)
def test_bad_aws_names(name: str, reason: str) -> None:
    [problem] = check_aws_name("name", name)
    assert reason in str(problem)


def test_aws_names_are_readable() -> None:
    assert aws_name("hub", "*.example.com.") == "hub-_example_com"
    assert aws_name("hub", "*.") == "hub-_"
    assert aws_name("hub", "_example.com.") == "hub-_example_com"
    assert doctest.testmod(names).failed == 0


@given(st.lists(HOST, min_size=2, max_size=2, unique=True))
def test_aws_names_are_valid_and_differ(hosts: list[str]) -> None:
    first, second = (aws_name("hub", f"{host}.") for host in hosts)
    assert first != second
    assert not [*check_aws_name("name", first)]


def test_long_and_odd_names_keep_apart_by_a_hash() -> None:
    long = [aws_name("hub", f"{'a' * 60}.{tail}.example.") for tail in ("x", "y")]
    assert long[0] != long[1]
    assert all(len(name) == 64 for name in long)
    assert aws_name("a.b/c") != aws_name("a.b:c")
