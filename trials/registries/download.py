"""The one HTTP client: asks a registry's service politely and gives back whole JSON answers, or says what is wrong.

One connection at a time, a pause between any two requests, a name and a contact in the User-Agent. What may pass by
itself (no connection, silence, 429, 500 to 504, half an answer) is tried again after growing waits with jitter, or
after the time that the service itself asks for. Everything is bounded: the time without a sign of life, the time and
size of an answer, the attempts, the time spent on them. Nothing is asked of any host but the one that was named.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType

import httpx2
import msgspec
import stamina
from stamina.instrumentation import set_on_retry_hooks

# What the services see in their logs, with the contact behind it.
PROJECT = "cell-therapy-trial-catalogue"

# Statuses that may pass by themselves.
PASSING = {408, 429, 500, 501, 502, 503, 504}
_MOST_REDIRECTS = 3
_EXCERPT = 200

# Stamina would log each retry without saying what failed; `Client.say` does.
set_on_retry_hooks([])


class DownloadError(Exception):
    """A request that had no use. The message says what was asked of whom, what came back and what to do."""


class Refusal(DownloadError):  # noqa: N818 (says what the service did)
    """The service answered, and asking again will not help; `status` is the HTTP status (200: not what was asked)."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Unavailable(DownloadError):  # noqa: N818 (says what the service is)
    """The service did not answer in spite of all attempts; `status` is the last HTTP status, None without any."""

    def __init__(self, message: str, status: int | None) -> None:
        super().__init__(message)
        self.status = status


class _Failure(Exception):  # noqa: N818 (it may pass)
    """An attempt that failed and may be repeated, after `wait` seconds if the service named them."""

    def __init__(self, message: str, status: int | None = None, wait: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.wait = wait


@dataclass(frozen=True)
class Manners:
    """How a service is treated: times in seconds, sizes in bytes of the unpacked answer."""

    pause: float = 1.5  # between the end of an answer and the next request
    silence: float = 60.0  # without a single byte
    answer: float = 180.0  # for one whole answer
    attempts: int = 6
    patience: float = 900.0  # for all attempts of one request; the last may end later
    longest_wait: float = 240.0  # that a service may ask for by Retry-After
    largest: int = 200 << 20


class Client:
    """A connection to one service. Use it with `with`, from one thread.

    `base_url` is its address (http or https); `contact` an address for the service's operators, printable ASCII;
    `say` is told of every attempt that failed; `alive` is called before every request and every longer wait.
    DownloadError for an address or a contact that cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        contact: str = "",
        manners: Manners | None = None,
        say: Callable[[str], None] = lambda line: None,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._base = _base(base_url)
        self._manners = manners or Manners()
        self._say = say
        self._alive = alive
        self._last: float | None = None
        self._retry = stamina.RetryingCaller(
            attempts=self._manners.attempts,
            timeout=self._manners.patience,
            wait_initial=2.0,
            wait_max=60.0,
            wait_jitter=2.0,
        )
        self._http = httpx2.Client(
            headers={"User-Agent": _user_agent(contact), "Accept": "application/json"},
            timeout=httpx2.Timeout(self._manners.silence, connect=min(self._manners.silence, 20.0)),
            limits=httpx2.Limits(max_connections=1, max_keepalive_connections=1),
            follow_redirects=False,
        )

    @property
    def host(self) -> str:
        """The name of the service's host, as messages give it."""
        return self._base.host

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """The JSON that `path` answers with, as received. Refusal or Unavailable without it."""
        return self._ask(self._http.build_request("GET", self._url(path), params=params))

    def post(self, path: str, body: object) -> bytes:
        """The JSON that `path` answers with when sent `body` as JSON. Refusal or Unavailable without it."""
        content = msgspec.json.encode(body)
        headers = {"Content-Type": "application/json"}
        return self._ask(self._http.build_request("POST", self._url(path), content=content, headers=headers))

    def _url(self, path: str) -> httpx2.URL:
        return self._base.copy_with(path=self._base.path.rstrip("/") + path)

    def _ask(self, request: httpx2.Request) -> bytes:
        tried = 0

        def attempt() -> bytes:
            nonlocal tried
            tried += 1
            return self._attempt(request)

        try:
            return self._retry(self._whether_again, attempt)
        except _Failure as error:
            times = "once" if tried == 1 else f"{tried} times"
            raise Unavailable(f"{error} It was tried {times}.", error.status) from error

    def _whether_again(self, error: Exception) -> bool | float:
        """Stamina's hook: False for what will not pass, else True or the seconds that the service asks for."""
        if not isinstance(error, _Failure):
            return False
        self._say(str(error))
        self._alive()
        return True if error.wait is None else error.wait

    def _attempt(self, request: httpx2.Request) -> bytes:
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                self._rest()
                found = self._send(request)
                if isinstance(found, bytes):
                    return found
                request = found
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise _Failure(f"{_asked(request)}: {_what(error)}.") from error
        raise Refusal(f"{_asked(request)} is redirected again and again.", HTTPStatus.FOUND)

    def _rest(self) -> None:
        """Keeps the pause since the last answer."""
        self._alive()
        if self._last is not None:
            time.sleep(max(0.0, self._last + self._manners.pause - time.monotonic()))

    def _send(self, request: httpx2.Request) -> bytes | httpx2.Request:
        """One request and its answer: the JSON, or the request that a redirect asks for."""
        try:
            response = self._http.send(request, stream=True)
            try:
                if response.next_request is not None:
                    return self._redirected(request, response.next_request)
                if response.status_code != HTTPStatus.OK:
                    raise self._refused(request, response)
                return self._json(request, response)
            finally:
                response.close()
        finally:
            self._last = time.monotonic()

    def _redirected(self, request: httpx2.Request, wanted: httpx2.Request) -> httpx2.Request:
        old, new = request.url, wanted.url
        same = new.host == old.host and new.scheme == old.scheme and new.port == old.port
        upgrade = new.host == old.host and (old.scheme, new.scheme) == ("http", "https")
        if not same and not upgrade:
            raise Refusal(
                f"{_asked(request)} is redirected to {new.scheme}://{new.netloc.decode()}, which was not asked for. "
                "If the service has moved there, name its new address.",
                HTTPStatus.FOUND,
            )
        return wanted

    def _refused(self, request: httpx2.Request, response: httpx2.Response) -> Exception:
        status, manners = response.status_code, self._manners
        message = f"{_asked(request)} was answered with {status} {response.reason_phrase}".rstrip()
        if words := _excerpt(response):
            message += f" (“{words}”)"
        if status not in PASSING:
            return Refusal(f"{message}.{_ADVICE.get(status, '')}", status)
        wait = seconds_to_wait(response.headers.get("Retry-After", ""))
        if wait is None:
            return _Failure(f"{message}.", status)
        if wait > manners.longest_wait:
            return Unavailable(f"{message}, and asks to be left alone for {wait:,.0f} s. Try then.", status)
        return _Failure(f"{message}, and asks to wait {wait:,.0f} s.", status, wait)

    def _json(self, request: httpx2.Request, response: httpx2.Response) -> bytes:
        kind = response.headers.get("Content-Type", "")
        if "json" not in kind.lower():
            raise Refusal(
                f"{_asked(request)} was answered with {kind or 'no content type'} in place of JSON: the service has "
                "changed, or this is another one. Check its address.",
                response.status_code,
            )
        body = self._body(request, response)
        try:
            msgspec.json.decode(body, type=msgspec.Raw)
        except msgspec.DecodeError as error:
            raise _Failure(f"{_asked(request)}: the answer is broken JSON ({error}).") from error
        return body

    def _body(self, request: httpx2.Request, response: httpx2.Response) -> bytes:
        limits = self._manners
        until = time.monotonic() + limits.answer
        too_large = Refusal(
            f"{_asked(request)}: the answer is larger than {limits.largest:,} bytes. Ask for smaller pages.",
            response.status_code,
        )
        stated = response.headers.get("Content-Length", "")
        if stated.isdecimal() and int(stated) > limits.largest:
            raise too_large
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > limits.largest:
                raise too_large
            if time.monotonic() > until:
                raise _Failure(f"{_asked(request)}: no whole answer within {limits.answer:,.0f} s.")
        return bytes(body)


_ADVICE = {
    400: " The service does not understand the question: check what was asked for.",
    403: " The service turns this computer or this program away; ask its operators before trying again.",
    404: " There is nothing at this address: check it.",
}


def seconds_to_wait(retry_after: str, now: dt.datetime | None = None) -> float | None:
    """What a Retry-After header asks for, as seconds from 0 up; None where it says nothing that can be read.

    It holds either whole seconds or an HTTP date.
    """
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
    return max(0.0, (until - (now or dt.datetime.now(dt.UTC))).total_seconds())


def _base(address: str) -> httpx2.URL:
    try:
        url = httpx2.URL(address.strip())
    except httpx2.InvalidURL as error:
        raise DownloadError(f"“{address}” is no address: {error}.") from error
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise DownloadError(f"“{address}” cannot be the address of a service: write https://host or https://host/path.")
    return url


def _user_agent(contact: str) -> str:
    contact = contact.strip()
    if not (contact.isascii() and contact.isprintable()):
        raise DownloadError(f"“{contact}” cannot be sent as a contact: write an e-mail or web address in plain ASCII.")
    return f"{PROJECT} ({contact})" if contact else PROJECT


def _asked(request: httpx2.Request) -> str:
    return f"{request.method} {request.url}"


def _what(error: Exception) -> str:
    """A transport error for people; some have no text of their own."""
    if isinstance(error, httpx2.ConnectTimeout | httpx2.ReadTimeout | httpx2.WriteTimeout):
        return "no answer in time"
    return str(error) or type(error).__name__


def _excerpt(response: httpx2.Response) -> str:
    """The beginning of a plain error message, on one line; web pages say nothing worth repeating."""
    if not any(kind in response.headers.get("Content-Type", "").lower() for kind in ("text/plain", "json")):
        return ""
    start = b""
    try:
        for chunk in response.iter_bytes():
            start += chunk
            if len(start) > _EXCERPT:
                break
    except httpx2.RequestError:
        return ""
    words = " ".join(start.decode("utf-8", "replace").split())
    return "".join(mark for mark in words if mark.isprintable())[:_EXCERPT]
