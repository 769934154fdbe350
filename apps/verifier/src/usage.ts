/** How the command is used. */
export const USAGE = `Usage:
  personr-verify receipt FILE|URL     a receipt, offline; - reads standard input
  personr-verify log DIR|URL          a whole log: every entry, tile and root is derived anew
  personr-verify checkpoint FILE|URL  the head of a log
  personr-verify drill FILE|URL       the signed report of a restore drill
  personr-verify witness --name NAME --secret FILE --state DIR [--listen HOST:PORT]
                                      cosigns checkpoints of the logs that are trusted

Whom to trust; nothing of it is ever taken from the evidence:
  --key VKEY            a key of a log: name+8 hex digits+base64; may be given again
  --meta-key VKEY       a key of the meta-log that anchors receipts
  --witness VKEY        a witness whose cosignatures count; may be given again
  --quorum N            how many of the witnesses must have cosigned (all, when not said)
  --require-witness     refuse what the quorum has not cosigned
  --policy FILE         a trust policy (https://c2sp.org/tlog-policy) instead of these: its quorum is required
  --allow-pending       with --policy: accept, and say so, what is not cosigned yet

Reading:
  --bearer-file FILE    a credential to send to URLs (or PERSONR_BEARER)
  --from N              log: refuse when entries from N on are missing; without, older ones may be pruned
  --state DIR           where to remember the last checkpoint of each log (or --no-state)
  --json                print the verdict as JSON

Ends with 0 when it holds, 1 when it is refused, 2 when the command cannot be followed.
`;
