"""A mail server under TLS: begun on the way (STARTTLS), from the first byte on, and by somebody else."""

import datetime as dt
import ipaddress
import ssl

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from techfinder.mail.transport import Fault, NotSentError, Smtp
from tests.factories.mail import OutgoingMailFactory
from tests.support.servers import SmtpSink, free_port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Of 127.0.0.1, made here: the file has the key as well."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate, settings):
    """`secure(implicit)`: a mail server with this certificate that wants to know who is there."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    running = []

    def start(*, implicit):
        sink = SmtpSink()
        under = {"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}
        server = Controller(
            sink, hostname="127.0.0.1", port=free_port(), authenticator=authenticate, auth_required=True,
            auth_require_tls=not implicit, **under,
        )  # fmt: skip
        server.start()
        running.append(server)
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = not implicit, implicit
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "desk", "hush"
        return sink

    yield start
    for server in running:
        server.stop()


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"desk", b"hush"), handled=False)


pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.mark.parametrize("implicit", [True, False])
def test_mail_goes_under_tls(secure, certificate, monkeypatch, implicit):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sink, transport = secure(implicit=implicit), Smtp()
    for _ in range(2):
        assert transport.send(OutgoingMailFactory.build()).reply == "250 OK"
    transport.close()
    assert len(sink.messages) == 2


@pytest.mark.parametrize("implicit", [True, False])
def test_a_server_that_is_not_who_it_says_gets_nothing(secure, implicit):
    sink = secure(implicit=implicit)
    assert failure().fault == Fault.SERVER
    assert sink.messages == []


def test_a_wrong_password_is_the_servers_and_costs_no_mail(secure, certificate, monkeypatch, settings):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    secure(implicit=False)
    settings.EMAIL_HOST_PASSWORD = "wrong"
    found = failure()
    assert found.fault == Fault.SERVER
    assert found.reply.startswith("535")


def failure():
    with pytest.raises(NotSentError) as raised:
        Smtp().send(OutgoingMailFactory.build())
    return raised.value.failure
