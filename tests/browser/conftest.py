"""A real server of the tests' installation, and a real Chromium in front of it."""

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest


@pytest.fixture(scope="module")
def server(installation):
    """`clew serve` for the tests' installation, and its address."""
    import httpx

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "clew", "serve", "--port", str(port)], env=os.environ.copy())
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while True:
        try:
            if httpx.get(f"{address}/health", trust_env=False).is_success:
                break
        except httpx.HTTPError:
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.05)
    yield address
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    quiet = [
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    # Playwright keeps an event loop in this thread; Django takes that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[*quiet, *(["--no-sandbox"] if os.getuid() == 0 else [])],
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(chromium, server, database):
    """A page on which nothing may go wrong unseen: no error in the console, no request to anywhere else. Closed before the database is emptied."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, base_url=server)
    opened = context.new_page()
    troubles = []
    opened.on(
        "console", lambda message: troubles.append(message.text) if message.type in {"error", "warning"} else None
    )
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on(
        "request",
        lambda request: None if request.url.startswith((server, "blob:", "data:")) else troubles.append(request.url),
    )
    yield opened
    context.close()
    assert troubles == []
