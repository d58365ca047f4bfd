//! What `--help` says.

pub const HELP: &str = "\
inspect: what a safeconduct token is, what it says, and why it would be accepted or refused

  inspect new-ring FILE [--kinds esn] [--realm]
      make a ring with one key of each kind in a new file (mode 0600) and print the key ids;
      --realm adds a revocation realm, whose signer's seed goes to FILE.signer (mode 0600)
  inspect issue --ring @FILE --context NAME --subject ID [--kind e|s|n] [--level none|aal1|aal2|aal3]
      print a new token, alone on standard output
  inspect [TOKEN] [--ring @FILE|env:NAME --context NAME] [--claims] [--json]
      inspect a token; better from standard input than as an argument, which ends up in histories
  inspect ring --ring @FILE|env:NAME [--json]
      show a ring, or rotate, revoke, publish by hand: see inspect ring --help
  inspect snapshot [FILE] --ring @FILE
      what is in a revocation snapshot and whether a node takes it; without FILE from standard input
  inspect revoke, inspect publish, inspect new-log FILE
      log somebody out by hand, publish it to the nodes: see inspect revoke --help
  inspect new-kek FILE, inspect new-root FILE
      make a key that wraps or signs published rings in a new file (mode 0600)

  --ring @FILE      the ring in a file; env:NAME takes it from an environment variable.
                    Not as plain text: arguments end up in histories and process lists.
  --revocations FILE
                    judge a token, or issue one, beside this snapshot; twice if the ring has two realms
  --context NAME    whom tokens are for; give it once for each part
  --policy NAME     aal1, aal2 or aal3: the ceilings to judge by, or to issue by; aal1, or that of
                    --level, if not given
  --at RFC3339      judge as if it were this moment, e.g. 2027-01-15T08:00:00Z
  --longest-token TIME, --longest-session TIME
                    other ceilings than the preset's, as the service has them: 90s, 45min, 12h, 30d
  --bytes           show the proof in full; whoever gets such a report can use the token
  --json            the report as JSON; claims are in it only with --claims
  --claims          show claims in JSON as well (people always see them)

exit code: 0 accepted (or no ring was given), 1 refused, 2 unusable input
";

pub const RING_HELP: &str = "\
inspect ring: which keys a ring has, what they do and when that changes; rotation by hand

  inspect ring --ring @FILE|env:NAME [--at RFC3339] [--json]
      show a ring of any role: keys, realms, a timeline, and warnings. It is not changed.
  inspect ring --ring @FILE --advance [--propagation TIME] [--minting TIME] [--publish-ahead TIME]
      stage the keys that will be needed, drop those that are over (an issuer's ring)
  inspect ring --ring @FILE --revoke KEYID [--kind e|s|n] [--propagation TIME]
      revoke a key and stage its successor in one write; prints what else has to be revoked
  inspect ring --ring @FILE [--verifier NEW] [--public NEW]
      write the ring of that role to a new file (a verifier's ring is a secret: mode 0600)
  inspect ring --ring @FILE --wrap NEW --kek @FILE --root @FILE --version N
               [--as verifier|public|issuer]
      write the published document, as verifier if not said: version N, signed, wrapped
  inspect ring --unwrap @FILE --kek @FILE --root-public HEX [--secret-to NEW] [--json]
      open a published document and show it; --secret-to writes the ring in it to a new file
      (mode 0600)

  --propagation TIME    after so long every node has what was published; 1h
  --minting TIME        how long a new key mints; 30d
  --publish-ahead TIME  how long before it is needed a key is staged, and from when on a missing one
                        is warned of; 24h
  --policy NAME, --longest-token TIME
                        the longest token of the service, aal1's if not said: new keys are accepted
                        for so long, and the propagation, after they have ceased to mint
  --at RFC3339          as if it were this moment; changes are made as of then, too

A file that is changed is replaced by a new one (mode 0600, same owner, same folder) in one step,
read back and compared. A refusal leaves it as it is. Keys never appear on standard output or in a
message; --secret-to and the new- commands write them to new files, and nothing else does.

As JSON (names stay, new ones may come; a moment is {\"unix\", \"utc\"}, ids are lower-case hexadecimal,
absent things null):
  the ring      ring (safeconduct-ring/1), role, at, document, keys, realms, warnings
  document      version, kek_id: of a published ring
  keys[]        kind, key_id, state (staged, active, accept-only, expired, revoked), issue_from,
                issue_until, accept_until, next: state and at (state over: it can be dropped then)
  realms[]      realm_id, signers[], min_snapshot_version, filter_key (whether it is there)
  warnings[]    code, kind, key_id, message; codes: no-active-key, ends-soon, gap-ahead, short-tail,
                over, many-keys, readable-by-others
  a change      action (safeconduct-ring-action/1), at, changed (whether the file was), revoked (kind,
                key_id, repeat_at), staged[], dropped[], minting[], retired[] (kind, key_id and
                the window), schedule (seconds), ring: as above, after the change

exit code: 0 readable and done, whatever the warnings say; 2 unusable input or refused
";

pub const LOG_HELP: &str = "\
inspect revoke, publish, new-log, snapshot: who is out, and whether nodes know

  inspect revoke --log FILE --ring @FILE [--publish SNAPSHOT] WHO...
      record in the log, and write what nodes fetch if it is said where. WHO is one or more of
        --session TOKEN|-|ID    one session with all its rotations: by a token of it, idle or not
                                (- reads it from standard input), or by its id from a log or report
        --token TOKEN|-|ID:ID   one token alone (ids of session and token); its rotations go on
        --subject ID            every session of a subject begun until now: log out everywhere
        --key KEYID             everything under a key; says what else a key that leaked needs
        --everyone              every session begun until now
  inspect publish --log FILE --ring @FILE --snapshot SNAPSHOT
      write the snapshot if it is not what the log holds, or is to be signed again
  inspect new-log FILE --ring @FILE [--validity TIME] [--staleness-bound TIME] [--longest-token TIME]
      make an empty log for the ring's realm, once, in a new file
  inspect snapshot [SNAPSHOT] [--ring @FILE] [--after SNAPSHOT] [--at RFC3339] [--json]
      what is in it: version, age, what is left of it, what is revoked, how full its filter is;
      with a ring of any role also whether a node takes it, and if not, what to do; --after is what
      the node has already, for deltas and for snapshots that are refused as older

  --log FILE            the revocation log; many may write to it at once, and readers never see half
  --signer @FILE        the signer's seed; the file of --ring with .signer behind it, if not said
  --context NAME        with a token: whom it is for, once for each part
  --policy NAME, --longest-session TIME, --longest-token TIME
                        for ids without a token: how long what they name may last; aal1's if not said
  --propagation TIME    with --key: after so long every node has a new ring; 1h
  --validity TIME       nodes that hear nothing new refuse everybody after it; 1h
  --staleness-bound TIME
                        nodes that hear nothing new renew nothing after it; 1h
  --probes N            8 to 32, what the published snapshot has, or 24: 1 in 2^N false refusals
  --skew TIME, --longest-validity TIME, --least-version N
                        the rules of the node that a snapshot is judged for; 30s, 24h, 0
  --at RFC3339          as if it were this moment; what is recorded is, too, so it may not lie ahead

A log keeps the settings that it was made with, whatever is typed here. Files are replaced in one step
under a lock (FILE.lock), and a new one has mode 0600: let the nodes read the snapshot, once, by chmod.

As JSON (names stay, new ones may come; a moment is {\"unix\", \"utc\"}, ids are lower-case hexadecimal,
absent things null):
  a snapshot    report (safeconduct-snapshot/1), at, verdict (taken, refused; null without a ring),
                reason, meaning, advice, bytes, checks (good, bad, unchecked), warnings[] (code, message)
  header        form, realm_id, signer, lineage, version, base, issued_at, complete_to, not_after,
                valid_until, renews_until, age, valid_for, renews_for (seconds), probes, token_life,
                longest_token, staleness_bound, min_ring_version, revoked, expected_bytes
  contents      parts[], bytes_per_revocation, filter: probes, pages, page_bits, ones, fill, one_in,
                least_one_in, page_fill[], histogram[] (from, below, pages)
  warnings      publisher-late, renewing-stopped, over, behind, rate
  a change      action (safeconduct-log-action/1), at, log (file, realm_id, version, issued_at,
                complete_to, entries), revoked[] (scope, id, before, until, recorded, already_out,
                refused), published (file, written, version, not_after, next),
                to_do[] (message, command)

exit code: 0 good or done, 1 refused (the snapshot by nodes, the revocation by the log), 2 unusable
";
