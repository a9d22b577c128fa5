"""A seller's file on its way into the shop: uploaded, previewed, started, and worked on by whoever holds its lock.

The row says what is to be done next, and an advisory lock of the database says who does it: a task that comes
twice finds the lock taken or the work done, and one whose worker died leaves a free lock. Doing a file again
changes nothing that is done already.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from functools import partial
from itertools import islice
from typing import IO, Any

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import Seller, User
from catalog.feeds.encodings import ENCODINGS
from catalog.feeds.formats import AUTO, FORMATS, PLAIN, open_feed, open_listings, recognised
from catalog.feeds.languages import NAMES
from catalog.feeds.lines import Lines
from catalog.feeds.listing import FeedResult, Remark
from catalog.feeds.remains import remains
from catalog.feeds.tables import LONGEST_ROW, Table, beginning
from catalog.models import ImportJob
from catalog.services import import_columns
from catalog.services.imports import import_feed
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import kept, said, sentence
from payments.selectors import fx_table

log = structlog.get_logger(__name__)
State = ImportJob.State
TO_DO = (State.UPLOADED, State.QUEUED, State.RUNNING)
CAN_NAME_COLUMNS = (State.MAPPING, State.PREVIEWED)
MOST_ATTEMPTS = 5
MOST_ERRORS = 5000
_LOCK = 7_205_002


class _Paused(Exception):
    """Leaves an import that somebody paused."""


def upload(
    *, seller: Seller, actor: User, file: UploadedFile[bytes], format: str, currency: str, encoding: str = "",
    language: str = "",
) -> ImportJob:  # fmt: skip
    """A job for `file`, waiting for its preview, or for somebody to say what its columns are. The caller hands it to a worker.

    `format` is a key of `FORMATS` or "auto", which is settled here; `encoding` one of `ENCODINGS` and `language` that
    of the texts, or empty. Raises `Refused` (`field` names the input):
    "file_too_large", "file_empty", "unknown_format", "no_rate", and what the reader finds wrong with the first lines.
    """
    size = file.size or 0
    if size > settings.IMPORT_MAX_BYTES:
        message = _("The file is larger than %(size)s.") % {"size": filesizeformat(settings.IMPORT_MAX_BYTES)}
        raise Refused("file_too_large", message, field="file")
    if not size:
        raise Refused("file_empty", _("The file is empty."), field="file")
    if format != AUTO and format not in FORMATS:
        raise Refused("unknown_format", _("We can't read files of this kind."), field="format")
    fx = fx_table(clock.today())
    if currency not in {fx.base, *fx.rates}:
        raise Refused("no_rate", _("There is no exchange rate for this currency."), field="currency")
    format, mapping = _look_at_first_lines(seller, file, format, currency, encoding)
    return ImportJob.objects.create(
        seller=seller,
        user=actor,
        format=format,
        currency=currency,
        mapping=mapping,
        encoding=encoding,
        language=language,
        state=_first_state(mapping),
        file=file,
        file_name=(file.name or "")[:200],
    )


def _first_state(mapping: Mapping[str, str] | None) -> str:
    return State.UPLOADED if mapping is None or import_columns.are_enough(mapping) else State.MAPPING


def _look_at_first_lines(
    seller: Seller, file: IO[bytes], format: str, currency: str, encoding: str
) -> tuple[str, dict[str, str] | None]:
    """What the file is, and what its columns are where it does not say so itself.

    Raises `Refused` on its field when not even its first listing can be read.
    """
    file.seek(0)
    start = beginning(file.read())
    file.seek(0)
    try:
        table = open_listings(io.BytesIO(start), format=format, encoding=encoding)
        key = _kind_of(table) if format == AUTO else format
        mapping = import_columns.known_columns(seller, table.names) if key == PLAIN else None
        if mapping is not None and not import_columns.are_enough(mapping):
            first = next(table.rows, None)
        else:
            _found, items = open_feed(
                io.BytesIO(start), format=key, currency=currency, on=clock.today(), mapping=mapping, encoding=encoding
            )
            with closing(items):
                first = next(items, None)  # type: ignore[assignment]
    except Refused as refusal:
        raise Refused(refusal.code, refusal.message, field="file") from refusal
    if first is None:
        raise Refused("file_empty", _("There are no listings in the file."), field="file")
    return key, mapping


def _kind_of(table: Table) -> str:
    """The format of the table; one that nobody knows is a plain one if it has a few columns with names."""
    try:
        return recognised(table).key
    except Refused:
        if len([name for name in table.names if name]) < 2:
            raise
        return PLAIN


def name_columns(*, job: ImportJob, chosen: Mapping[int, str]) -> None:
    """The columns are what somebody chose, now and in the next file like it; the file waits for a new preview.

    `chosen` is {place of the column: field of ours, or ""}. The caller hands the job to a worker. Raises `Refused`:
    "too_late", and what `import_columns.checked` refuses; nothing changes then.
    """
    mapping = import_columns.checked(job, chosen)
    waits = ImportJob.objects.filter(pk=job.pk, format=PLAIN, state__in=CAN_NAME_COLUMNS)
    if not waits.update(mapping=mapping, state=State.UPLOADED, result={}):
        raise Refused("too_late", _("The import has begun already."))
    import_columns.remember(job, mapping)


def read_as(*, job: ImportJob, encoding: str) -> bool:
    """The file is read in an encoding that somebody chose; whether it waits for a new preview, not for its columns to be named.

    The caller hands the job to a worker. Raises `Refused`: "unknown_encoding", "too_late", and what the reader finds wrong.
    """
    if encoding not in ENCODINGS:
        raise Refused("unknown_encoding", _("We don't know this encoding."))
    wanted = AUTO if job.format == PLAIN else job.format
    with job.file.open("rb") as content:
        format, mapping = _look_at_first_lines(job.seller, content, wanted, job.currency, encoding)
    changes = {"format": format, "mapping": mapping, "encoding": encoding, "state": _first_state(mapping), "result": {}}
    if not ImportJob.objects.filter(pk=job.pk, state__in=CAN_NAME_COLUMNS).update(**changes):
        raise Refused("too_late", _("The import has begun already."))
    return changes["state"] == State.UPLOADED


def count_as(*, job: ImportJob, language: str) -> bool:
    """The texts of the file count as written in a language that somebody chose, or with "" in the one that it tells; the file
    waits for a new preview, unless its columns are to be named first: whether it does.

    The caller hands the job to a worker. Raises `Refused`: "unknown_language", "too_late".
    """
    if language not in ("", *NAMES):
        raise Refused("unknown_language", _("The shop has no texts in “%(code)s”.") % {"code": language[:20]})
    state = _first_state(job.mapping)
    waits = ImportJob.objects.filter(pk=job.pk, state__in=CAN_NAME_COLUMNS)
    if not waits.update(language=language, state=state, result={}):
        raise Refused("too_late", _("The import has begun already."))
    return state == State.UPLOADED


def start(*, job: ImportJob) -> bool:
    """The previewed job waits for a worker; False when it was started before. Raises `Refused("not_previewed")`."""
    if ImportJob.objects.filter(pk=job.pk, state=State.PREVIEWED).update(state=State.QUEUED, rows_done=0):
        return True
    if ImportJob.objects.filter(pk=job.pk, state__in=(State.QUEUED, State.RUNNING, State.DONE)).exists():
        return False
    raise Refused("not_previewed", _("The file has to be checked before it can be imported."))


def pause(*, job: ImportJob) -> bool:
    """The import rests after the listings that are being written; False when there is nothing to rest."""
    moving = ImportJob.objects.filter(pk=job.pk, state__in=(State.QUEUED, State.RUNNING))
    return bool(moving.update(state=State.PAUSED))


def proceed(*, job: ImportJob) -> bool:
    """The import that rested waits for a worker; what is written already is passed over. False when it does not rest."""
    return bool(ImportJob.objects.filter(pk=job.pk, state=State.PAUSED).update(state=State.QUEUED))


def left_out(*, job: ImportJob) -> Iterator[list[str]]:
    """All rows of the listings that were left out, as `remains` writes them. Raises `FileNotFoundError`.

    The first `MOST_ERRORS` of them say why, in the language that is active now.
    """
    reasons: dict[int, str] = {}
    for error in in_words(job, "errors"):
        reasons[error["line"]] = f"{reasons.get(error['line'], '')} {error['reason']}".lstrip()
    return _left_out(job, reasons)


def _left_out(job: ImportJob, reasons: Mapping[int, str]) -> Iterator[list[str]]:
    form = FORMATS[job.format]
    keyed = partial(form.keyed, mapping=job.mapping) if job.mapping is not None else form.keyed
    with ExitStack() as opened:

        def read() -> Table:
            content = opened.enter_context(job.file.storage.open(job.file.name or ""))
            # what was too long has to be there to be mended
            return open_listings(
                content, format=job.format, mapping=job.mapping, longest=LONGEST_ROW, encoding=job.encoding
            )

        yield from remains(read, bad_rows(job.result), reasons, keyed=keyed)


def bad_rows(result: Mapping[str, Any]) -> Lines:
    """The lines that have to be mended, of the result of a job."""
    said = result.get("left_out", [[error["line"], error["line"]] for error in result.get("errors", [])])
    if isinstance(said, str):
        return Lines.unpacked(said)
    # As jobs of earlier releases have it: stretches, [first, last]; those of the first ones have their errors alone.
    return Lines(line for first, last in said for line in range(first, last + 1))


def work_on(job_id: int) -> bool:
    """Previews or imports the file, whichever the row asks for; whether this call did anything."""
    with _alone(job_id) as is_mine:
        job = ImportJob.objects.select_related("seller", "user").filter(pk=job_id).first() if is_mine else None
        if job is None or job.state not in TO_DO:
            return False
        with override(job.user.language if job.user else settings.LANGUAGE_CODE):
            _do(job)
    return True


def has_changed_listings(job_id: int) -> bool:
    """Whether the file was imported and something in it was new or different."""
    result = ImportJob.objects.filter(pk=job_id, state=State.DONE).values_list("result", flat=True).first() or {}
    return bool(result.get("created") or result.get("updated"))


def waiting() -> list[int]:
    """The jobs that have something to be done, the oldest first: work for a sweeper."""
    return list(ImportJob.objects.filter(state__in=TO_DO).order_by("created_at").values_list("pk", flat=True)[:50])


def _do(job: ImportJob) -> None:
    attempts = int(job.result.get("attempts", 0)) + 1
    if attempts > MOST_ATTEMPTS:
        message = sentence(
            "The import broke off several times. What was written so far stays; our support can look into it."
        )
        _end(job, State.FAILED, failure=message)
        return
    is_preview = job.state == State.UPLOADED
    before = job.result | {"attempts": attempts}
    state = State.UPLOADED if is_preview else State.RUNNING
    if not ImportJob.objects.filter(pk=job.pk, state=job.state).update(result=before, state=state):
        return  # somebody paused it meanwhile
    try:
        result = _read(job, is_preview)
    except _Paused:
        ImportJob.objects.filter(pk=job.pk).update(result=job.result | {"attempts": 0})
    except Refused as refusal:
        _end(job, State.FAILED, failure=refusal.message)
    except FileNotFoundError:
        log.warning("import file is gone", job=job.pk)
        _end(job, State.FAILED, failure=sentence("The file is not there any more. Please upload it again."))
    else:
        _end(job, State.PREVIEWED if is_preview else State.DONE, result=result)


def _read(job: ImportJob, is_preview: bool) -> FeedResult:
    def progress(done: int) -> None:
        if is_preview:  # it writes nothing that others could see before its end
            return
        if not ImportJob.objects.filter(pk=job.pk, state=State.RUNNING).update(rows_done=done):
            raise _Paused

    with job.file.open("rb") as content:
        _format, feed = open_feed(
            content, format=job.format, currency=job.currency, on=clock.today(), mapping=job.mapping,
            encoding=job.encoding,
        )  # fmt: skip
        with closing(feed):
            return import_feed(
                seller=job.seller, feed=feed, fx=fx_table(clock.today()), language=job.language, user=job.user,
                dry_run=is_preview, progress=progress,
            )  # fmt: skip


def _end(job: ImportJob, state: State, *, result: FeedResult | None = None, failure: str = "") -> None:
    changes: dict[str, Any] = {"state": state, "failure": failure[:300]}
    if failure:
        changes["result"] = job.result | {"failure": kept(failure)}
    if result is not None:
        told: dict[str, Any] = {
            "language": result.language,
            "left_out": Lines(error.line for error in result.errors).packed(),
        }
        for name, rows in (("errors", result.errors), ("remarks", result.remarks)):
            told |= {name: [_kept(row) for row in islice(rows, MOST_ERRORS)], f"{name}_total": len(rows)}
        total = result.products + result.rejected
        changes |= {"result": result.counts | told, "rows_total": total}
        if state == State.DONE:
            changes |= {"rows_done": total}
    if state in (State.DONE, State.FAILED):
        changes["finished_at"] = clock.now()
    ImportJob.objects.filter(pk=job.pk).update(**changes)


def _kept(row: Remark) -> dict[str, Any]:
    return asdict(row) | kept(row.reason)


def in_words(job: ImportJob, name: str, most: int | None = None) -> list[dict[str, Any]]:
    """The first "errors" or "remarks" on the rows of a file with their `reason` in the language that is active."""
    rows = job.result.get(name, [])[:most]
    return [{key: value for key, value in row.items() if key != "params"} | {"reason": said(row)} for row in rows]


def why_failed(job: ImportJob) -> str:
    """What went wrong with the file as a whole, in the language that is active."""
    return said(job.result["failure"]) if "failure" in job.result else job.failure


@contextmanager
def _alone(job_id: int) -> Iterator[bool]:
    """Whether this process alone works on the job; the lock ends with the block, or with the connection."""
    key = job_id % 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, key])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, key])
            except DatabaseError:  # the connection is broken, and the lock goes with it
                connection.close()
