import socket

import pytest

from tools.run import port_problem


def test_taken_port_is_named_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert port_problem(str(port)) == (
            f"Port {port} is taken by another program. Choose another, for example: make run PORT=8001"
        )
    assert port_problem(str(port)) == ""


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_port_that_is_no_port_is_refused(text):
    assert port_problem(text).startswith(f"PORT is “{text}”. Write a number from 1 to 65535")
