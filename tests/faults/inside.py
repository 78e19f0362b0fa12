"""Ways inside, as tenants have tried them on others: addresses, notations, names and URLs."""

PUBLIC = "93.184.216.34"
PUBLIC_V6 = "2606:2800:220:1::10"
PROXY = "8.8.4.4"

INSIDE_V4 = (
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1",
    "169.254.1.1", "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16",
    "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255",
)  # fmt: skip
INSIDE_V6 = (
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
    "::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "64:ff9b::808:808", "2002:7f00:1::1",
    "2002:a00:1::", "2001::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:2::1", "2001:10::1", "2001:20::1",
    "2001:db8::1", "3fff::1", "100::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fd12:3456:789a::1", "fe80::1",
    "fe80::a9fe:a9fe", "fec0::1", "ff02::1", "ff0e::1", "4000::1",
)  # fmt: skip
INSIDE = (*INSIDE_V4, *INSIDE_V6)

# Notations that some library reads as 127.0.0.1, 169.254.169.254 or 10.0.0.1.
NOTATIONS = (
    "2130706433", "0x7f000001", "0x7F.0.0.1", "0x7f.1", "017700000001", "0177.0.0.1", "0177.1", "127.1", "127.0.1", "0",
    "0.0", "127.0.0.01", "127.000.000.001", "2852039166", "0xA9FEA9FE", "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376",
    "169.254.43518", "169.16689662", "10.1", "0xa.1", "127.0.0.1.", "2130706433.", "0x7f000001.", "127.0.0.0x1",
    "127。0。0。1", "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127.0.0.①", "%31%32%37.0.0.1", "127%2e0%2e0%2e1", "0x7f。1",
    "[::1%25lo]", "[fe80::1%25eth0]", "[::1%lo]", "[2606:2800:220:1::10%25eth0]", "[0:0:0:0:0:ffff:7f00:1]", "[::]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::ffff:2130706433]", "[::ffff:127.1]", "127.0.0.1\\@example.com",
    "example.com@127.0.0.1", "example.com:80@127.0.0.1:443", "127.0.0.1#@example.com", "127.0.0.1?@example.com",
    "127.0.0.1%00.example.com", "127.0.0.1%09", "127.0.0.1\t", "\t127.0.0.1", "127.0.0.1\r\nHost: example.com", "",
    "127.0.0.1,example.com", "127.0.0.1 example.com", "[127.0.0.1]", "[::1", "::1", "127.0.0.1:443:443", "1.1.1.1.1",
    "4294967297", "127.0.0.256", "-127.0.0.1", "+127.0.0.1",
)  # fmt: skip
NAMES = (
    "localhost", "LOCALHOST", "localhost.", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "a.localhost", "metadata", "metadata.google.internal",
    "instance-data", "intranet", "db", "printer.local", "router.home.arpa", "1.0.0.127.in-addr.arpa", "x.onion",
    "kubernetes.default.svc.cluster.local", "localhost．", "ｌocalhost", "a..example.com", ".example.com",
    "-a.example.com", "a-.example.com", "a b.example.com", "a_" + "b" * 63 + ".example.com", "a." * 127 + "com",
    "exa\u202emple.com",
)  # fmt: skip
URLS = (
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "https:example.com",
    "https:/example.com", "//example.com", "https:///example.com", "https://", "javascript:alert(1)",
    "data:text/plain,x", "dict://example.com:11211/", "ws://example.com/", "unix:/var/run/docker.sock", "https://example.com:22/",
    "https://example.com:80/", "https://example.com:1023/", "https://example.com:0/", "https://example.com:65536/",
    "https://example.com:99999999/", "https://example.com:-1/", "https://example.com:４４３/", "https://example.com:443x/",
    "https://user@example.com/", "https://user:pass@example.com/", "https://:@example.com/", "https://@example.com/",
    "https://example.com/#x", "https://example.com#@127.0.0.1/", "https://example.com\\@127.0.0.1/",
    "https://example.com/\r\nX: y", "https://example.com/ x", "https://example.com/\x00", "https://example.com/%",
    "https://example.com/%zz", "https://exam\tple.com/", "https://example.com/" + "a" * 2_000, "https://[::1]example.com/",
    "https://example.com:443:443/", "https://example.com/<x>", "https\x00://example.com/", "https ://example.com/",
)  # fmt: skip
# What the setting for tests and the demo must not let through: everything but loopback in plain notation.
NOT_LOOPBACK = (
    *(f"https://{it}/" for it in INSIDE_V4 if not it.startswith("127.")),
    *(f"https://[{it}]/" for it in INSIDE_V6 if it != "::1"),
    *(f"http://{it}:8080/" for it in ("example.com", PUBLIC, "10.0.0.1", "a.localhost", "localhost.example.com")),
    "http://127.0.0.1/", "http://localhost:80/", "http://localhost:22/", "http://2130706433:8080/", "http://127.1:8080/",
    "http://[::ffff:127.0.0.1]:8080/", "http://u@localhost:8080/", "ftp://localhost:8080/",
)  # fmt: skip
