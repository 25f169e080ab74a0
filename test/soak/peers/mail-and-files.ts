// Mail, news, chat, logins, files and version control.
import type { Peer } from './peer.js';

const DOVECOT = `certificate
mkdir -p run mail; cat >d.conf <<END
protocols = imap pop3
base_dir = $D/run
log_path = $D/d.log
listen = 127.0.0.1
ssl = yes
ssl_cert = <$D/cert.pem
ssl_key = <$D/key.pem
disable_plaintext_auth = no
mail_location = maildir:$D/mail/%u
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
passdb {
  driver = static
  args = password=geheim
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$D/mail
}
service imap-login { 
  chroot =
  inet_listener imap { 
    port = $PORT
  }
  inet_listener imaps { 
    port = 0
  }
}
service pop3-login { 
  chroot =
  inet_listener pop3 { 
    port = $((PORT+1000))
  }
  inet_listener pop3s { 
    port = 0
  }
}
service anvil { 
  chroot =
}
END
chmod 777 mail $D; dovecot -F -c $D/d.conf & ready $PORT $((PORT+1000))`;

export const MAIL_AND_FILES: readonly Peer[] = [
  {
    name: 'postfix',
    needs: ['postfix', 'swaks'],
    ports: [25, 10025],
    script: `certificate
mkdir q data; chown postfix data; cp -r /etc/postfix etc; cp /usr/share/postfix/main.cf.debian etc/main.cf 2>/dev/null; cp /usr/share/postfix/master.cf.dist etc/master.cf 2>/dev/null
sed -i "s/^smtp  *inet.*/127.0.0.1:$PORT inet n - n - - smtpd/" etc/master.cf; sed -i 's/^\\([a-z].*\\) y  *\\([-0-9].*\\)/\\1 n \\2/' etc/master.cf
postconf -c $D/etc -e queue_directory=$D/q data_directory=$D/data maillog_file= inet_interfaces=127.0.0.1 myhostname=mx.peer.test mydestination=peer.test smtpd_tls_cert_file=$D/cert.pem smtpd_tls_key_file=$D/key.pem smtpd_tls_security_level=may 'smtpd_relay_restrictions=permit_mynetworks,reject' local_recipient_maps= mailbox_command=/bin/true smtpd_banner='$myhostname ESMTP $mail_name'
chmod 755 $D; postfix -c $D/etc start-fg 2>&1 & ready $PORT
swaks --server 127.0.0.1 --port $PORT --from eva@peer.test --to bob@peer.test --h-Subject hello | tail -2
swaks --server 127.0.0.1 --port $PORT -tls --from eva@peer.test --to bob@peer.test | tail -2`,
    flows: [{ protocol: ['smtp', 'tls'], details: { serverSoftware: /Postfix/, tlsVersion: '1.3' } }],
    also: ['syslog'],
  },
  {
    name: 'dovecot',
    needs: ['dovecot', 'curl'],
    ports: [143, 10143],
    script: `${DOVECOT}
curl -s imap://127.0.0.1:$PORT/ -u eva:geheim; curl -sk --ssl-reqd imap://127.0.0.1:$PORT/INBOX -u eva:geheim
curl -s pop3://127.0.0.1:$((PORT+1000))/ -u eva:geheim; curl -sk --ssl-reqd pop3://127.0.0.1:$((PORT+1000))/ -u eva:geheim; tail -3 d.log`,
    flows: [{ protocol: ['imap', 'tls'], details: { serverSoftware: /Dovecot/, userName: 'eva', tlsVersion: '1.3' } }],
    also: ['pop3'],
  },
  {
    name: 'dovecot-pop3',
    needs: ['dovecot', 'curl'],
    ports: [110, 10110],
    script: `${DOVECOT.replace('port = $PORT\n', 'port = $((PORT+2000))\n').replace('port = $((PORT+1000))', 'port = $PORT').replace('ready $PORT $((PORT+1000))', 'ready $PORT')}
curl -s pop3://127.0.0.1:$PORT/ -u eva:geheim; curl -sk --ssl-reqd pop3://127.0.0.1:$PORT/ -u eva:geheim
(sleep 0.2; printf 'USER eva\\r\\n'; sleep 0.2; printf 'PASS geheim\\r\\nSTAT\\r\\nLIST\\r\\nQUIT\\r\\n'; sleep 0.5) | nc -N 127.0.0.1 $PORT`,
    flows: [{ protocol: ['pop3', 'tls'], details: { serverSoftware: /Dovecot/, userName: 'eva', tlsVersion: '1.3' } }],
  },
  {
    name: 'leafnode',
    needs: ['leafnode', 'nc', 'socat'],
    ports: [119, 10119],
    script: `
socat TCP-LISTEN:$PORT,fork,bind=127.0.0.1 EXEC:/usr/sbin/leafnode,pty=0,su=news & ready $PORT
(sleep 0.4; printf 'MODE READER\\r\\n'; sleep 0.2; printf 'GROUP local.test\\r\\nLIST\\r\\nDATE\\r\\nQUIT\\r\\n'; sleep 0.4) | nc -N 127.0.0.1 $PORT`,
    flows: [{ protocol: 'nntp' }],
  },
  {
    name: 'ngircd',
    needs: ['ngircd', 'nc'],
    ports: [6667, 10667],
    script: `
printf '[Global]\\nName = irc.peer.test\\nInfo = test\\nListen = 127.0.0.1\\nPorts = %s\\nServerUID = 0\\nMotdPhrase = hi\\n[Options]\\nIdent = no\\nDNS = no\\nPAM = no\\nChrootDir =\\n' $PORT >i.conf; chmod 755 $D; chmod 644 i.conf
ngircd -n -f $D/i.conf >/dev/null & ready $PORT
(printf 'CAP LS 302\\r\\nNICK eva\\r\\nUSER eva 0 * :Eva\\r\\n'; sleep 0.6; printf 'CAP END\\r\\nJOIN #test\\r\\nPRIVMSG #test :hello\\r\\n'; sleep 0.3; printf 'QUIT\\r\\n'; sleep 0.2) | nc -N 127.0.0.1 $PORT`,
    flows: [{ protocol: 'irc', details: { userName: 'eva' } }],
  },
  {
    name: 'prosody',
    needs: ['prosody', 'prosodyctl', '/usr/lib/python3/dist-packages/slixmpp/__init__.py'],
    ports: [5222, 10222],
    script: `certificate; mkdir data; chown prosody . data key.pem
cat >p.lua <<END
daemonize=false; run_as_root=true; data_path="$D/data"; pidfile="$D/p.pid"; c2s_ports={$PORT}; interfaces={"127.0.0.1"}; s2s_ports={}; log={error="*console"}
modules_enabled={"roster","saslauth","tls","disco","ping"}; modules_disabled={"s2s"}; authentication="internal_plain"; ssl={key="$D/key.pem",certificate="$D/cert.pem"}
VirtualHost "peer.test"
END
prosodyctl --root --config p.lua register eva peer.test geheim; prosody --root --config p.lua & ready $PORT
cat >x.py <<END
import slixmpp, asyncio, ssl
for plain in (False, True):
    c = slixmpp.ClientXMPP('eva@peer.test', 'geheim'); c.ssl_context.check_hostname = False; c.ssl_context.verify_mode = ssl.CERT_NONE
    c.add_event_handler('session_start', lambda e: (c.send_presence(), c.disconnect()))
    c['feature_mechanisms'].unencrypted_plain = True
    c.connect(('127.0.0.1', $PORT), disable_starttls=plain); c.loop.run_until_complete(asyncio.wait([c.disconnected], timeout=4))
END
timeout 15 /usr/bin/python3 x.py 2>&1 | tail -3`,
    flows: [{ protocol: ['xmpp', 'tls'], details: { serverName: 'peer.test', tlsVersion: '1.3' } }],
    also: ['dns'],
  },
  {
    name: 'vsftpd',
    needs: ['vsftpd', 'curl'],
    ports: [21, 10021],
    script: `certificate; mkdir -p pub empty; head -c 20000 /dev/urandom >pub/file; seq 500 >pub/text
printf 'listen=YES\\nlisten_address=127.0.0.1\\nlisten_port=%s\\nanonymous_enable=YES\\nanon_root=%s/pub\\nsecure_chroot_dir=%s/empty\\nrun_as_launching_user=NO\\nssl_enable=YES\\nallow_anon_ssl=YES\\nforce_anon_logins_ssl=NO\\nforce_anon_data_ssl=NO\\nrsa_cert_file=%s/both.pem\\nssl_tlsv1=YES\\nrequire_ssl_reuse=NO\\nisolate=NO\\nisolate_network=NO\\nseccomp_sandbox=NO\\nbackground=NO\\n' $PORT $D $D $D >v.conf
vsftpd $D/v.conf & ready $PORT
curl -s ftp://127.0.0.1:$PORT/; curl -s -o out ftp://127.0.0.1:$PORT/file; curl -s --disable-epsv ftp://127.0.0.1:$PORT/text | tail -1
curl -s -P - ftp://127.0.0.1:$PORT/; curl -s -o out -P - ftp://127.0.0.1:$PORT/file; curl -sk --ssl-reqd ftp://127.0.0.1:$PORT/`,
    flows: [
      { protocol: ['ftp', 'tls'], details: { serverSoftware: /vsFTPd/, userName: 'anonymous', tlsVersion: /1\./ } },
    ],
    also: ['ftp-data', 'tls'],
  },
  {
    name: 'openssh',
    needs: ['sshd', 'ssh', 'ssh-keygen'],
    ports: [22, 10022],
    script: `mkdir -p /run/sshd .ssh; ssh-keygen -q -t ed25519 -N '' -f hk; ssh-keygen -q -t ed25519 -N '' -f id
cat id.pub >auth; chmod 700 .; /usr/sbin/sshd -D -p $PORT -h $D/hk -o ListenAddress=127.0.0.1 -o AuthorizedKeysFile=$D/auth -o StrictModes=no -o UsePAM=no -f /dev/null & ready $PORT
ssh -p $PORT -i id -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1 'echo hello'
ssh -p $PORT -i id -c aes128-ctr -o KexAlgorithms=diffie-hellman-group14-sha256 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1 true; ssh-keyscan -p $PORT 127.0.0.1`,
    flows: [
      {
        protocol: 'ssh',
        details: {
          serverSoftware: /OpenSSH/,
          clientSoftware: /OpenSSH/,
          hassh: /^[0-9a-f]{32}$/,
          hasshServer: /^[0-9a-f]{32}$/,
        },
      },
    ],
  },
  {
    name: 'dropbear',
    needs: ['dropbear', 'dbclient', 'dropbearkey'],
    ports: [22, 10023],
    script: `dropbearkey -t ed25519 -f hk >/dev/null; dropbear -F -E -R -r hk -p 127.0.0.1:$PORT 2>/dev/null & ready $PORT
timeout 3 dbclient -y -p $PORT root@127.0.0.1 true`,
    flows: [
      { protocol: 'ssh', details: { serverSoftware: /dropbear/, clientSoftware: /dropbear/, hassh: /^[0-9a-f]{32}$/ } },
    ],
  },
  {
    name: 'rsync',
    needs: ['rsync'],
    ports: [873, 10873],
    script: `mkdir m out; seq 100 >m/a
printf 'use chroot = no\\nuid=0\\ngid=0\\n[m]\\npath = %s/m\\n' $D >r.conf; rsync --daemon --no-detach --config=r.conf --port=$PORT --address=127.0.0.1 & ready $PORT
rsync rsync://127.0.0.1:$PORT/; rsync -a rsync://127.0.0.1:$PORT/m/ out/; ls out`,
    flows: [{ protocol: 'rsync', details: { subject: 'm' } }],
  },
  {
    name: 'git',
    needs: ['git'],
    ports: [9418, 10418],
    script: `git init -q -b main r; cd r; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x; cd ..
git daemon --export-all --base-path=$D --port=$PORT --listen=127.0.0.1 --reuseaddr & ready $PORT
git clone -q git://127.0.0.1:$PORT/r c1; git -c protocol.version=0 clone -q git://127.0.0.1:$PORT/r c2; ls -d c1 c2`,
    flows: [{ protocol: 'git' }],
  },
  {
    name: 'svn',
    needs: ['svnserve', 'svnadmin', 'svn'],
    ports: [3690, 10690],
    script: `svnadmin create r; printf '[general]\\nanon-access = write\\n' >r/conf/svnserve.conf
svnserve -d --foreground -r $D --listen-host 127.0.0.1 --listen-port $PORT & ready $PORT
svn --non-interactive mkdir -m x svn://127.0.0.1:$PORT/r/trunk; svn --non-interactive ls svn://127.0.0.1:$PORT/r`,
    flows: [{ protocol: 'svn' }],
  },
  {
    name: 'samba',
    needs: ['smbd', 'smbclient', 'smbpasswd'],
    ports: [445, 10445],
    script: `mkdir share l p; echo hello >share/f; chmod 777 share
cat >s.conf <<END
[global]
smb ports = $PORT
interfaces = 127.0.0.1
bind interfaces only = yes
lock directory = $D/l
state directory = $D/l
cache directory = $D/l
pid directory = $D/p
private dir = $D/p
ncalrpc dir = $D/p/n
log file = /dev/null
server min protocol = NT1
client min protocol = NT1
disable spoolss = yes
load printers = no
[share]
path = $D/share
guest ok = yes
END
(echo geheim; echo geheim) | smbpasswd -c $D/s.conf -s -a root >/dev/null; smbd -F --no-process-group -s $D/s.conf & ready $PORT
for m in NT1 SMB2 SMB3; do smbclient -s $D/s.conf -p $PORT -m $m -U root%geheim //127.0.0.1/share -c 'get f /dev/null' ; done
smbclient -s $D/s.conf -p $PORT -L 127.0.0.1 -N | head -3`,
    flows: [{ protocol: 'smb', details: { userName: /root/, subject: /share/i, serverSoftware: /SMB/ } }],
  },
  {
    name: 'tftp',
    needs: ['in.tftpd', 'atftp', 'tftp'],
    ports: [69, 10069],
    // It resolves addresses of families it has beyond loopback only.
    before: 'ip addr add 10.91.0.1/24 dev lo',
    script: `mkdir t; seq 2000 >t/f; chmod -R 755 t; touch t/up; chmod 777 t/up; chmod 755 $D
in.tftpd -L -v -u root -4 -a 127.0.0.1:$PORT -c -s $D/t & ready $PORT
atftp -g -r f -l out1 127.0.0.1 $PORT; printf 'mode binary\\nget f out2\\nput out2 up\\nquit\\n' | tftp 127.0.0.1 $PORT; wc -l out1 out2`,
    flows: [{ transport: 'udp', protocol: 'tftp', details: { subject: /f/ } }],
    also: ['tftp'],
  },
  {
    name: 'telnetd',
    needs: ['telnetd', 'telnet'],
    ports: [23, 10023],
    script: `
socat TCP-LISTEN:$PORT,fork,bind=127.0.0.1 EXEC:"/usr/sbin/telnetd -h" & ready $PORT
(sleep 1; echo eva; sleep 0.5; echo geheim; sleep 0.5) | timeout 4 telnet 127.0.0.1 $PORT`,
    flows: [{ protocol: 'telnet' }],
  },
];
