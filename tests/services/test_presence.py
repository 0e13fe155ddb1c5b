"""Who is here, as the rows of server processes and their sockets say.

In real transactions: that a process has no row shows at the commit.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from chat.models import Connection, ServerProcess
from chat.services import presence
from chat.services.presence import ROW_SETTLED, Process
from tests.factories import make_member


@pytest.fixture
def process(transactional_db):
    return Process(uuid4(), "host", 1)


@pytest.fixture
def elsewhere(transactional_db):
    return Process(uuid4(), "elsewhere", 2)


def test_sockets_are_stored_where_their_process_was_taken_for_gone(process, elsewhere):
    ada, bob = make_member(), make_member()
    presence.store(process, {uuid4(): (ada.id, True), uuid4(): (bob.id, False)})
    assert presence.seen_elsewhere(elsewhere.id) == {ada.id: True, bob.id: False}


def test_a_process_hears_that_it_was_taken_for_gone_and_is_back(process):
    assert not presence.beat(process), "it had no row"
    assert presence.beat(process)
    presence.leave(process.id)
    assert not presence.beat(process)
    assert ServerProcess.objects.filter(pk=process.id).exists()


def test_rows_that_no_socket_stands_behind_are_tidied_away(process):
    """One that opened and closed while a write was under way is written after its end."""
    ghost, living, fresh = uuid4(), uuid4(), uuid4()
    ada = make_member()
    presence.store(process, dict.fromkeys((ghost, living, fresh), (ada.id, True)))
    settled = timezone.now() - ROW_SETTLED - timedelta(seconds=1)
    Connection.objects.filter(pk__in=[ghost, living]).update(connected_at=settled)
    presence.tidy(process.id, [living])
    assert set(Connection.objects.values_list("pk", flat=True)) == {living, fresh}
