from laptop import servers
from laptop.places import Places


def test_the_local_aws_has_its_own_keys_whatever_the_shell_has(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(servers.processes, "start", lambda *given: started.append(given) or 1)
    monkeypatch.setattr(servers, "_wait", lambda *_: None)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "of AWS")

    servers.start_ministack(Places(tmp_path), servers.Ports(1, 2))

    environment = started[0][1]
    assert environment["AWS_ACCESS_KEY_ID"] == environment["AWS_SECRET_ACCESS_KEY"] == "test"
    assert environment["AWS_SESSION_TOKEN"] == ""
