"""Values that services commonly have by default: what a model without a memory would guess.

    >>> "5432" in SERVICE_DEFAULTS["port"]
    True

No scenario uses one as an answer, and the metrics count responses that name one. Both read this
table, so it imports nothing but the standard library. Words that a sentence about the setting is
likely to have anyway ("latest", "user") are left out.
"""

from __future__ import annotations

from collections.abc import Mapping

_PORTS = (
    *("20", "21", "22", "23", "25", "53", "80", "110", "111", "123", "143", "389", "443", "445"),
    *("465", "514", "587", "636", "873", "993", "995", "1433", "1521", "1883", "2049", "2181"),
    *("2375", "2376", "2379", "3000", "3128", "3306", "3389", "4222", "4369", "5000", "5044"),
    *("5432", "5601", "5672", "5900", "5984", "6379", "6443", "6667", "7000", "7077", "7474"),
    *("7687", "8000", "8080", "8081", "8086", "8088", "8125", "8200", "8443", "8500", "8529"),
    *("8888", "8983", "9000", "9042", "9090", "9092", "9093", "9100", "9200", "9300", "9418"),
    *("10250", "11211", "15672", "26257", "27017", "28015", "33060", "50051", "61616"),
)

_REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-central-1"),
    *("ap-southeast-1", "ap-northeast-1", "us-central1", "europe-west1", "eastus"),
)
_IMAGES = ("alpine", "debian", "ubuntu", "busybox", "centos")
_BRANCHES = ("main", "master", "trunk")

# By the slot that is asked for; a "label" is a name and a setting's value, joined by a colon.
SERVICE_DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "port": _PORTS,
    "port label": _PORTS,
    "region": _REGIONS,
    "region label": _REGIONS,
    "timeout": (
        *("1000 ms", "2000 ms", "3000 ms", "5000 ms", "10000 ms", "15000 ms", "30000 ms"),
        *("60000 ms", "5 s", "10 s", "30 s", "60 s", "5 seconds", "10 seconds", "30 seconds"),
        *("60 seconds", "1 minute"),
    ),
    "owner": ("root", "admin", "administrator"),
    "gateway": ("10.0.0.1", "192.168.0.1", "192.168.1.1", "192.168.1.254", "172.16.0.1"),
    "base image": _IMAGES,
    "base image label": _IMAGES,
    "cache size": (
        *("64 MB", "128 MB", "256 MB", "512 MB", "1024 MB", "2048 MB", "4096 MB", "8192 MB"),
        *("1 GB", "2 GB"),
    ),
    "backup time": ("00:00", "01:00", "02:00", "03:00", "04:00", "midnight"),
    "time server": ("pool.ntp.org", "time.google.com", "time.windows.com", "time.nist.gov"),
    "release branch": _BRANCHES,
    "release branch label": _BRANCHES,
    "chat channel": ("#general", "#random"),
    "chat handle": ("admin", "root"),
    "colour theme": ("dark", "light", "dark mode", "light mode", "Solarized", "Monokai"),
    "font": ("Arial", "Consolas", "Courier New", "Helvetica", "Menlo", "Monaco", "Times New Roman"),
    "login shell": (
        *("sh", "bash", "zsh", "fish", "/bin/sh", "/bin/bash", "/bin/zsh", "/usr/bin/bash"),
        *("/usr/bin/zsh", "/usr/bin/fish"),
    ),
    "disk quota": ("1 GB", "5 GB", "10 GB", "20 GB", "50 GB", "100 GB", "1000 GB", "1024 GB"),
    "job queue": ("default", "normal"),
}
