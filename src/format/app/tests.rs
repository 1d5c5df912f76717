//! Layouts of programs of many kinds, in lines made for these tests.

use jiff::tz::TimeZone;

use super::*;
use crate::record::Want;
use crate::record::time::Years;

fn settings() -> Settings {
    Settings {
        zone: TimeZone::UTC,
        infer: false,
        has_header: true,
        rule: None,
        years: Years::Known(2026),
    }
}

fn opened(lines: &str) -> Box<dyn Schema> {
    let sample = Sample {
        bytes: lines.as_bytes(),
        whole: true,
    };
    let spec = of_lines(sample).unwrap_or_else(|| panic!("no time in {lines:?}"));
    spec.open(sample, &settings()).unwrap()
}

/// The layout of lines, and the fields of each as `name=value`, joined by bars.
fn read(lines: &str) -> (String, Vec<String>) {
    let schema = opened(lines);
    let fields = schema.fields();
    let wanted: Vec<Wanted> = fields
        .iter()
        .map(|name| Wanted::new(name.clone(), Want::Any))
        .collect();
    let mut reader = schema.reader(&wanted).unwrap();
    let rows = lines.lines().map(|line| {
        let mut out = vec![Value::Bool(true); wanted.len()];
        reader.read(line.as_bytes(), &mut out).unwrap();
        let cells = fields
            .iter()
            .zip(&out)
            .filter(|(_, value)| !value.is_missing());
        let cells = cells.map(|(name, value)| match value {
            Value::Time(time) => format!("{time}"),
            value => format!("{name}={}", String::from_utf8_lossy(&value.bytes())),
        });
        cells.collect::<Vec<_>>().join("|")
    });
    let layout = format!("{}: {}", schema.spec().name, schema.layout().unwrap());
    (layout, rows.collect())
}

#[track_caller]
fn assert_layout(lines: &str, layout: &str, rows: &[&str]) {
    let (found, read) = read(lines);
    assert_eq!(found, layout);
    assert_eq!(read[..rows.len()], *rows);
}

#[test]
fn logs_of_java() {
    assert_layout(
        "2026-03-15 10:00:00,978 INFO [main] org.shop.app.Master: Created\n\
         2026-03-15 10:00:01,100 WARN [IPC handler 0 on 62270] org.shop.ipc.Server: slow: 3 s\n\
         java.io.IOException: closed\n\
         \tat org.shop.ipc.Server.run(Server.java:17)\n\
         2026-03-15 10:00:02,100 ERROR [main] org.shop.app.Master: failed\n\
         2026-03-15 10:00:02,200 INFO [main] org.shop.app.Master: ended\n",
        "app: time level thread logger message",
        &[
            "2026-03-15T10:00:00.978Z|level=info|level_text=INFO|logger=org.shop.app.Master|thread=main|message=Created",
            "2026-03-15T10:00:01.100Z|level=warn|level_text=WARN|logger=org.shop.ipc.Server|thread=IPC handler 0 on 62270|message=slow: 3 s",
            "message=java.io.IOException: closed",
            "message=\tat org.shop.ipc.Server.run(Server.java:17)",
        ],
    );
    assert_layout(
        "2026-03-15 17:41:44,747 - INFO  [Peer[id=1]/0:0:0:0:0:0:0:0:2181:Election@774] - timed out\n\
         2026-03-15 17:41:45,747 - WARN  [Send:188978561024:Conn@588] - Interrupted - going on\n",
        "app: time - level thread - message",
        &[
            "2026-03-15T17:41:44.747Z|level=info|level_text=INFO|thread=Peer[id=1]/0:0:0:0:0:0:0:0:2181:Election@774|message=timed out",
        ],
    );
    assert_layout(
        "2026-03-15 10:00:00.123  INFO 12345 --- [           main] com.acme.Shop                 : Started in 2 s\n\
         2026-03-15 10:00:00.456  WARN 12345 --- [nio-8080-exec-1] c.a.web.Controller            : slow\n",
        "app: time level pid - thread logger message",
        &[
            "2026-03-15T10:00:00.123Z|level=info|level_text=INFO|logger=com.acme.Shop|thread=main|pid=12345|message=Started in 2 s",
        ],
    );
    assert_layout(
        "2026-03-15T10:00:00.123+01:00  INFO 4711 --- [shop] [           main] c.example.Shop      : Started\n\
         2026-03-15T10:00:01.123+01:00  WARN 4711 --- [shop] [nio-8080-exec-1] o.s.w.PageNotFound  : No mapping\n",
        "app: time level pid - _ thread logger message",
        &[
            "2026-03-15T09:00:00.123Z|level=info|level_text=INFO|logger=c.example.Shop|thread=main|pid=4711|message=Started",
        ],
    );
    assert_layout(
        "10:00 without a date\n\
         26/03/15 20:10:40 INFO executor.Backend: Registered signal\n\
         26/03/15 20:10:41 WARN spark.SecurityManager: SecurityManager: off\n",
        "app: time level logger message",
        &[
            "message=10:00 without a date",
            "2026-03-15T20:10:40Z|level=info|level_text=INFO|logger=executor.Backend|message=Registered signal",
        ],
    );
    assert_layout(
        "260315 203615 148 INFO dfs.Node$Responder: Responder 1 for block\n\
         260315 203807 222 WARN dfs.Node$Responder: Responder 0 for block\n",
        "app: time pid level logger message",
        &[
            "2026-03-15T20:36:15Z|level=info|level_text=INFO|logger=dfs.Node$Responder|pid=148|message=Responder 1 for block",
        ],
    );
}

#[test]
fn logs_of_python_rust_and_go() {
    assert_layout(
        "2026-03-15 10:00:00,123 - shop.cart - INFO - added 3\n\
         2026-03-15 10:00:01,123 - shop - ERROR - gone - really\n",
        "app: time - logger - level - message",
        &[
            "2026-03-15T10:00:00.123Z|level=info|level_text=INFO|logger=shop.cart|message=added 3",
            "2026-03-15T10:00:01.123Z|level=error|level_text=ERROR|logger=shop|message=gone - really",
        ],
    );
    assert_layout(
        "[2026-03-15T10:00:00Z INFO  shop::cart] added 3\n\
         [2026-03-15T10:00:01Z ERROR shop] gone: [7]\n",
        "app: time level logger message",
        &[
            "2026-03-15T10:00:00Z|level=info|level_text=INFO|logger=shop::cart|message=added 3",
            "2026-03-15T10:00:01Z|level=error|level_text=ERROR|logger=shop|message=gone: [7]",
        ],
    );
    assert_layout(
        "2026-03-15T10:00:00.123456Z  INFO shop::cart: added n=3\n\
         2026-03-15T10:00:00.123457Z ERROR shop: gone\n",
        "app: time level logger message",
        &[
            "2026-03-15T10:00:00.123456Z|level=info|level_text=INFO|logger=shop::cart|message=added n=3",
        ],
    );
    assert_layout(
        "2026/03/15 10:00:00 listening on :8080\n2026/03/15 10:00:01 http: TLS handshake error\n",
        "app: time message",
        &["2026-03-15T10:00:00Z|message=listening on :8080"],
    );
    assert_layout(
        "I0315 10:00:00.123456   12345 server.go:123] Starting\n\
         E0315 10:00:01.123456   12345 pod/worker.go:9] Failed: x\n",
        "app: level+time pid logger message",
        &[
            "2026-03-15T10:00:00.123456Z|level=info|level_text=I|logger=server.go:123|pid=12345|message=Starting",
            "2026-03-15T10:00:01.123456Z|level=error|level_text=E|logger=pod/worker.go:9|pid=12345|message=Failed: x",
        ],
    );
    assert_layout(
        "nova.log.1.2026-03-15 2026-03-15 00:00:00.008 25746 INFO nova.compute.server [req-38101a0b a b] 10.1.2.3 \"GET\"\n\
         nova.log.1.2026-03-15 2026-03-15 00:00:00.272 25746 WARNING nova.compute.server [req-9bc36dd9 a b] x\n",
        "app: _ time pid level logger message",
        &[
            "2026-03-15T00:00:00.008Z|level=info|level_text=INFO|logger=nova.compute.server|pid=25746|message=[req-38101a0b a b] 10.1.2.3 \"GET\"",
        ],
    );
}

#[test]
fn logs_of_servers() {
    assert_layout(
        "2026-03-15T10:00:01.123456Z 8 [Warning] [MY-010068] [Server] CA certificate ca.pem is self signed.\n\
         2026-03-15T10:00:02.123456Z 12 [ERROR] [MY-012592] [InnoDB] Operating system error number 2.\n",
        "app: time pid level _ message",
        &[
            "2026-03-15T10:00:01.123456Z|level=warn|level_text=Warning|pid=8|message=[Server] CA certificate ca.pem is self signed.",
        ],
    );
    assert_layout(
        "2026-03-15 10:00:00 CET [4711]: [1-1] user=app,db=shop LOG:  duration: 12.3 ms\n\
         2026-03-15 10:00:01 CET [4712]: [2-1] user=app,db=shop FATAL:  password authentication failed\n",
        "app: time pid _ _ level message",
        &["2026-03-15T09:00:00Z|level=info|level_text=LOG|pid=4711|message=duration: 12.3 ms"],
    );
    assert_layout(
        "[Sun Mar 15 04:47:44 2026] [notice] init() ok /etc/workers.conf\n\
         [Sun Mar 15 04:47:44 2026] [error] mod_jk child state 6\n",
        "app: time level message",
        &["2026-03-15T04:47:44Z|level=info|level_text=notice|message=init() ok /etc/workers.conf"],
    );
    assert_layout(
        "[Sun Mar 15 10:00:00.123456 2026] [core:error] [pid 123:tid 456] [client 192.0.2.1:5] AH1: x\n\
         [Sun Mar 15 10:00:00.123457 2026] [mpm_event:notice] [pid 123:tid 456] AH2: y\n",
        "app: time level pid message",
        &[
            "2026-03-15T10:00:00.123456Z|level=error|level_text=error|pid=123|message=[client 192.0.2.1:5] AH1: x",
        ],
    );
    assert_layout(
        "2026/03/15 10:00:00 [error] 1234#5678: *1 open() failed, client: 192.0.2.1\n\
         2026/03/15 10:00:01 [warn] 1234#5678: *2 slow\n",
        "app: time level pid message",
        &[
            "2026-03-15T10:00:00Z|level=error|level_text=error|pid=1234|message=*1 open() failed, client: 192.0.2.1",
        ],
    );
    assert_layout(
        "2026-03-15 10:00:00.123 UTC [1234] LOG:  ready\n\
         2026-03-15 10:00:01.123 UTC [1234] ERROR:  relation \"x\" does not exist\n\
         2026-03-15 10:00:01.123 UTC [1234] STATEMENT:  select x\n\
         2026-03-15 10:00:02.123 UTC [1235] FATAL:  sorry\n\
         2026-03-15 10:00:02.123 UTC [1235] LOG:  bye\n",
        "app: time pid level message",
        &[
            "2026-03-15T10:00:00.123Z|level=info|level_text=LOG|pid=1234|message=ready",
            "2026-03-15T10:00:01.123Z|level=error|level_text=ERROR|pid=1234|message=relation \"x\" does not exist",
            "2026-03-15T10:00:01.123Z|pid=1234|message=STATEMENT:  select x",
        ],
    );
    assert_layout(
        "12:M 15 Mar 2026 10:00:00.123 * Ready\n12:M 15 Mar 2026 10:00:01.123 # Warning: x\n",
        "app: _ time - message",
        &["2026-03-15T10:00:00.123Z|message=Ready"],
    );
}

#[test]
fn logs_of_phones_desktops_and_clusters() {
    assert_layout(
        "03-15 16:13:38.811  1702  2395 D WindowManager: printed\n\
         03-15 16:13:38.819  1702  8671 W ActivityManager: getTasks: caller\n\
         03-15 16:13:39.001  1702  8671 I Wifi HAL: odd\n\
         03-15 16:13:39.002  1702  8671 I Wifi    : padded\n\
         03-15 16:13:39.003  1702  8671 E Wifi: x\n",
        "app: time pid thread level logger message",
        &[
            "2026-03-15T16:13:38.811Z|level=debug|level_text=D|logger=WindowManager|thread=2395|pid=1702|message=printed",
            "2026-03-15T16:13:38.819Z|level=warn|level_text=W|logger=ActivityManager|thread=8671|pid=1702|message=getTasks: caller",
            "2026-03-15T16:13:39.001Z|level=info|level_text=I|thread=8671|pid=1702|message=Wifi HAL: odd",
            "2026-03-15T16:13:39.002Z|level=info|level_text=I|logger=Wifi|thread=8671|pid=1702|message=padded",
        ],
    );
    assert_layout(
        "20260315-22:15:29:606|Step|30002312|onChanged 3579\n20260315-2:5:9:44|Screen|30002313|on\n",
        "app: time logger pid message",
        &[
            "2026-03-15T22:15:29.606Z|logger=Step|pid=30002312|message=onChanged 3579",
            "2026-03-15T02:05:09.044Z|logger=Screen|pid=30002313|message=on",
        ],
    );
    assert_layout(
        "2026-03-15 04:30:30, Info                  CBS    Loaded Stack v6.1\n\
         2026-03-15 04:30:31, Error                 CSI    00000001 Version\n",
        "app: time level logger message",
        &["2026-03-15T04:30:30Z|level=info|level_text=Info|logger=CBS|message=Loaded Stack v6.1"],
    );
    assert_layout(
        "[03.15 16:49:06] chrome.exe - proxy.example.com:5070 open\n\
         [03.15 16:49:07] mail.exe - close, 0 bytes\n",
        "app: time program - message",
        &["2026-03-15T16:49:06Z|program=chrome.exe|message=proxy.example.com:5070 open"],
    );
    assert_layout(
        "- 1773570150 2026.03.15 R02-M1-N0 2026-03-15-10.22.30.363779 R02-M1-N0 RAS KERNEL INFO corrected\n\
         APPREAD 1773570151 2026.03.15 R02-M1-N1 2026-03-15-10.22.31.363779 R02-M1-N1 RAS APP FATAL failed\n",
        "app: _ time _ host time _ _ logger level message",
        &[
            "2026-03-15T10:22:30Z|host=R02-M1-N0|level=info|level_text=INFO|logger=KERNEL|message=corrected",
        ],
    );
    assert_layout(
        "- 1773572461 2026.03.15 dn228 Mar 15 11:01:01 dn228/dn228 crond(pam_unix)[2915]: closed\n\
         - 1773572461 2026.03.15 dn261 Mar 15 11:01:01 dn261/dn261 kernel: up\n",
        "syslog: _ time _ host time _ program[pid]: message",
        &["2026-03-15T11:01:01Z|host=dn228|program=crond(pam_unix)|pid=2915|message=closed"],
    );
    assert_layout(
        "134681 node-246 unix.hw state.unavailable 1773572461 1 Component x\n\
         350766 node-109 unix.hw state.unavailable 1773572462 1 Component y\n",
        "app: _ _ _ _ time message",
        &["2026-03-15T11:01:01Z|message=1 Component x"],
    );
}

#[test]
fn logs_of_syslog() {
    assert_layout(
        "Mar 15 15:16:01 combo sshd(pam_unix)[19939]: failure; rhost=192.0.2.1\n\
         Mar 15 15:16:02 combo kernel: eth0: up\n\
         Mar 15 15:16:03 combo syslogd 1.4.1: restart.\n\
         Mar 15 15:16:03 combo last message repeated 2 times\n\
         Mar  5 15:16:03 combo su[7]: x\n\
         Mar  5 15:16:03 combo su[7]: y\n\
         Mar  5 15:16:03 combo su[7]: z\n\
         Mar  5 15:16:03 combo su[7]: z\n\
         Mar  5 15:16:03 combo su[7]: z\n\
         Mar  5 15:16:03 combo su[7]: z\n",
        "syslog: time host program[pid]: message",
        &[
            "2026-03-15T15:16:01Z|host=combo|program=sshd(pam_unix)|pid=19939|message=failure; rhost=192.0.2.1",
            "2026-03-15T15:16:02Z|host=combo|program=kernel|message=eth0: up",
            "2026-03-15T15:16:03Z|host=combo|message=syslogd 1.4.1: restart.",
            "2026-03-15T15:16:03Z|host=combo|message=last message repeated 2 times",
            "2026-03-05T15:16:03Z|host=combo|program=su|pid=7|message=x",
        ],
    );
    assert_layout(
        "<34>Mar 15 10:00:00 web1 su: failed\n<13>Mar 15 10:00:00 web1 me[7]: ok\n",
        "syslog: _ time host program[pid]: message",
        &["2026-03-15T10:00:00Z|host=web1|program=su|facility=auth|severity=crit|message=failed"],
    );
    assert_layout(
        "<165>1 2026-03-15T10:00:00.003Z web1 evntslog 8710 ID47 [a@1 b=\"c d\"][e@2 f=\"g\"] An event\n\
         <34>1 2026-03-15T10:00:01Z web1 su - - - failed\n",
        "syslog: _ _ time host program pid _ _ message",
        &[
            "2026-03-15T10:00:00.003Z|host=web1|program=evntslog|pid=8710|facility=local4|severity=notice|message=An event",
            "2026-03-15T10:00:01Z|host=web1|program=su|facility=auth|severity=crit|message=failed",
        ],
    );
    assert_layout(
        "2026-03-15T10:00:00.123456+01:00 web1 sshd[42]: Accepted\n\
         2026-03-15T10:00:01.123456+01:00 web1 systemd: Started\n",
        "syslog: time host program[pid]: message",
        &["2026-03-15T09:00:00.123456Z|host=web1|program=sshd|pid=42|message=Accepted"],
    );
}

#[test]
fn what_has_no_times_has_no_layout() {
    for lines in [
        "",
        "\n\n",
        "a\nb\n",
        "1 2 3\n4 5 6\n",
        "a 2026-03-15 10:00:00\nb\nc\n",
    ] {
        let sample = Sample {
            bytes: lines.as_bytes(),
            whole: true,
        };
        assert!(of_lines(sample).is_none(), "{lines:?}");
    }
}

#[test]
fn a_time_of_day_without_a_date_is_no_time() {
    assert_layout(
        "10:00:00.123 [main] INFO  com.shop.App - started\n\
         23:59:59.999 [worker-1] WARN  com.shop.Cart - slow\n\
         \tat com.shop.Cart.run(Cart.java:17)\n",
        "app: time_of_day thread level logger - message",
        &[
            "time_of_day=10:00:00.123|level=info|level_text=INFO|logger=com.shop.App|thread=main|message=started",
            "time_of_day=23:59:59.999|level=warn|level_text=WARN|logger=com.shop.Cart|thread=worker-1|message=slow",
            "message=\tat com.shop.Cart.run(Cart.java:17)",
        ],
    );
    for none in [
        "10:00:00 up 3 days\n",
        "10:00 INFO a\n",
        "24:00:00 INFO a\n",
        "00:01:02 a b c\n",
    ] {
        let sample = Sample {
            bytes: none.as_bytes(),
            whole: true,
        };
        assert!(of_lines(sample).is_none(), "{none}");
    }
    // A date wins wherever it is.
    let (layout, _) = read("10:00:00 INFO 2026-03-15 10:00:00 a\n");
    assert!(layout.starts_with("app: _ _ time"), "{layout}");
}

#[test]
fn dates_that_may_be_read_in_two_ways_are_doubted() {
    for (lines, time) in [
        (
            "03/04/2026 10:00:00 INFO a\n12/12/2026 10:00:00 INFO b\n",
            Some("03/04/2026 10:00:00"),
        ),
        (
            "[03/04/2026 10:00:00,5] INFO a\n",
            Some("03/04/2026 10:00:00,5"),
        ),
        (
            "03/04/2026 10:00:00 INFO a\n03/14/2026 10:00:00 INFO b\n",
            None,
        ),
        (
            "14/03/2026 10:00:00 INFO a\n03/04/2026 10:00:00 INFO b\n15/03/2026 1:00:00 INFO b\n",
            None,
        ),
        ("03/04/2026 10:00:00 AM INFO a\n", None),
        ("2026/03/04 10:00:00 INFO a\n", None),
    ] {
        let doubt = opened(lines).doubt();
        let expected = time.map(|time| format!("'{time}' is read as month/day/year"));
        assert_eq!(doubt.map(|(doubt, _)| doubt), expected, "{lines}");
    }
}
