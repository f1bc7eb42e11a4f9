import threading

import pytest

from analysis import job_store
from analysis.faults import ServiceError
from analysis.jobs import JobFailed, Jobs, JobStopped

REQUEST = {"Video": {"S3Object": {"Bucket": "b", "Name": "n"}}}
TOO_MANY = ServiceError("LimitExceededException", "20 jobs at once")


@pytest.fixture
def make(tmp_path):
    """Jobs over the same folder, as after a restart; all are closed in the end."""
    made = []

    def start(work=lambda job: {"Labels": [job.request]}, announce=None, **options):
        jobs = Jobs(tmp_path / "jobs", **options)
        jobs.register("labels", work, announce)
        jobs.register("faces", work, announce)
        jobs.resume()
        made.append(jobs)
        return jobs

    yield start
    for jobs in made:
        jobs.close()


@pytest.fixture
def told():
    """An announcement that a test can wait for: an event, and the jobs of which it told."""

    class Told(list):
        def __init__(self):
            self.lock = threading.Condition()

        def __call__(self, job):
            with self.lock:
                self.append(job)
                self.lock.notify_all()

        def wait(self, count=1):
            with self.lock:
                assert self.lock.wait_for(lambda: len(self) >= count, timeout=30)

    return Told()


def test_a_job_is_done_and_its_result_is_kept(make, told):
    jobs = make(announce=told)
    job = jobs.start("labels", REQUEST, name="one")
    assert job.status == "SUBMITTED"
    told.wait()
    ended = jobs.get("labels", job.id)
    assert ended.status == "SUCCEEDED"
    assert jobs.result(ended) == {"Labels": [REQUEST]}
    assert ended.created <= ended.started <= ended.ended
    assert jobs.find("labels", "one") == ended


def test_a_job_that_is_at_work_tells_how_far_it_is(make, told):
    begun, go_on = threading.Event(), threading.Event()

    def work(job):
        jobs.advance(job, 0.405)
        begun.set()
        assert go_on.wait(30)
        return {}

    jobs = make(work, announce=told)
    jobs.start("labels", REQUEST)
    assert begun.wait(30)
    assert jobs.at_work() == [{"kind": "labels", "request": REQUEST, "percent": 40}]
    go_on.set()
    told.wait()
    assert jobs.at_work() == []


def test_a_job_is_of_its_kind_only(make):
    jobs = make()
    job = jobs.start("labels", REQUEST)
    assert jobs.get("faces", job.id) is None
    assert jobs.list("faces") == []


def test_the_newest_job_is_listed_first(make):
    jobs = make(clock=lambda: 1.0)
    made = [jobs.start("labels", {"n": n}).id for n in range(3)]
    assert [job.id for job in jobs.list("labels")] == made[::-1]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (JobFailed("The video has no frames"), "The video has no frames"),
        (ServiceError("InvalidS3ObjectException", "No such object"), "No such object"),
        (RuntimeError("a secret fault"), "internal error"),
    ],
)
def test_work_that_fails_says_why(make, told, error, message):
    def work(_job):
        raise error

    jobs = make(work, told)
    job = jobs.start("labels", REQUEST)
    told.wait()
    ended = jobs.get("labels", job.id)
    assert ended.status == "FAILED"
    assert message in ended.message
    assert "secret" not in ended.message


def test_a_token_starts_one_job(make):
    jobs = make()
    first = jobs.start("labels", REQUEST, token="t")
    assert jobs.start("labels", REQUEST, token="t").id == first.id
    # another kind has tokens of its own
    assert jobs.start("faces", REQUEST, token="t").id != first.id
    with pytest.raises(ServiceError) as refused:
        jobs.start("labels", {}, token="t", mismatch="ConflictException")
    assert refused.value.code == "ConflictException"


def test_a_token_counts_after_a_restart(make, told):
    first = make(announce=told).start("labels", REQUEST, token="t")
    told.wait()
    assert make().start("labels", REQUEST, token="t").id == first.id


def test_no_more_jobs_than_allowed_are_open_at_once(make, told):
    go = threading.Event()
    jobs = make(lambda _job: go.wait(30) and {}, told)
    for number in range(3):
        jobs.start("faces", {"n": number})
    limit = {"at_once": 3, "too_many": TOO_MANY}
    jobs.start("labels", REQUEST, **limit)
    with pytest.raises(ServiceError) as refused:
        jobs.start("labels", REQUEST, among=("faces",), **limit)
    assert refused.value is TOO_MANY
    go.set()
    told.wait(4)
    assert jobs.start("labels", REQUEST, among=("faces",), **limit).status == "SUBMITTED"


def test_a_stopped_job_has_no_result(make, told):
    begun, jobs_made = threading.Event(), []

    def work(job):
        begun.set()
        while True:
            jobs_made[0].go_on(job)

    jobs = make(work, told)
    jobs_made.append(jobs)
    job = jobs.start("labels", REQUEST)
    assert begun.wait(30)
    assert jobs.stop("labels", job.id).status == "STOPPED"
    told.wait()
    assert jobs.get("labels", job.id).status == "STOPPED"
    assert jobs.stop("labels", job.id).status == "STOPPED"
    assert jobs.stop("labels", "unknown") is None


def test_what_was_not_finished_is_done_after_a_restart(make, told):
    begun, ended = threading.Event(), threading.Event()

    def never_ready(_job):
        begun.set()
        ended.wait(30)
        raise JobStopped

    first = make(never_ready)
    job = first.start("labels", REQUEST, name="long")
    assert begun.wait(30)
    ended.set()
    first.close()

    second = make(announce=told)
    told.wait()
    found = second.get("labels", job.id)
    assert (found.status, found.name, found.created) == ("SUCCEEDED", "long", job.created)


def test_results_are_there_after_a_restart(make, told):
    job = make(announce=told).start("labels", REQUEST)
    told.wait()
    again = make()
    assert again.result(again.get("labels", job.id)) == {"Labels": [REQUEST]}


def test_nobody_is_told_twice(make, told):
    first = make(announce=told)
    first.start("labels", REQUEST)
    told.wait()
    first.close()
    make(announce=told).start("labels", {"n": 2})
    told.wait(2)
    assert [job.request for job in told] == [REQUEST, {"n": 2}]


def test_a_job_that_ends_the_server_each_time_is_given_up(make, told, tmp_path):
    from analysis.job_store import JobStore, Record

    jobs = Jobs(tmp_path / "jobs")
    jobs.register("labels", lambda _job: {})
    job = jobs.start("labels", REQUEST)
    # as three servers left it that did not come to an end by themselves
    JobStore(tmp_path / "jobs").save(Record(job, attempts=3))
    again = make(announce=told)
    told.wait()
    assert again.get("labels", job.id).status == "FAILED"
    assert "ended 3 times" in again.get("labels", job.id).message


def test_a_damaged_file_hides_no_other_job(make, told, tmp_path, caplog):
    job = make(announce=told).start("labels", REQUEST)
    told.wait()
    damaged = tmp_path / "jobs" / "labels" / "damaged" / "job.json"
    damaged.parent.mkdir()
    damaged.write_text("{")
    assert [one.id for one in make().list("labels")] == [job.id]
    assert "damaged" in caplog.text


def test_a_removed_job_is_forgotten(make, told):
    jobs = make(announce=told)
    job = jobs.start("labels", REQUEST)
    told.wait()
    jobs.remove("labels", job.id)
    assert jobs.get("labels", job.id) is None
    assert make().list("labels") == []


def test_a_job_whose_removal_was_broken_off_does_not_come_back_without_its_result(
    make, told, monkeypatch
):
    jobs = make(announce=told)
    job = jobs.start("labels", REQUEST)
    told.wait()
    # the end of the server comes when a part of the files is gone
    monkeypatch.setattr(job_store.shutil, "rmtree", lambda *_, **__: None)
    jobs.remove("labels", job.id)
    assert make().list("labels") == []


def test_a_job_is_known_as_long_as_its_service_knows_it(tmp_path, told):
    now = [0.0]
    jobs = Jobs(tmp_path / "jobs", clock=lambda: now[0])
    jobs.register("labels", lambda _job: {}, told, lasts=60)
    jobs.resume()
    try:
        job = jobs.start("labels", REQUEST, token="t", name="one")
        told.wait()
        now[0] = 59.0
        assert jobs.get("labels", job.id).status == "SUCCEEDED"
        assert jobs.start("labels", REQUEST, token="t").id == job.id
        now[0] = 60.0
        assert jobs.get("labels", job.id) is None
        assert jobs.find("labels", "one") is None
        assert jobs.start("labels", REQUEST, token="t").id != job.id
    finally:
        jobs.close()


def test_a_job_that_works_is_known_however_long_that_takes(tmp_path):
    now = [0.0]
    jobs = Jobs(tmp_path / "jobs", clock=lambda: now[0])
    jobs.register("labels", lambda _job: {}, lasts=60)
    job = jobs.start("labels", REQUEST)
    now[0] = 1_000.0
    assert jobs.get("labels", job.id).status == "SUBMITTED"


def test_old_jobs_are_forgotten_at_the_start(make, told):
    make(announce=told, clock=lambda: 0.0).start("labels", REQUEST)
    told.wait()
    assert make(clock=lambda: 100 * 24 * 3_600.0).list("labels") == []
