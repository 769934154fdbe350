// Verifies a log and proofs that Personr wrote, with software that Personr did not write: golang.org/x/mod/sumdb.
//
//	interop log DIRECTORY VKEY              every entry of a log in the layout of c2sp.org/tlog-tiles
//	interop proof FILE ENTRY VKEY [WITNESS] a c2sp.org/tlog-proof that the entry in the second file is in the log
//
// Ends with 0 and a line that says what held, or with 1 and the reason.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	said, err := "", errors.New("usage: interop log DIRECTORY VKEY | proof FILE ENTRY VKEY [WITNESS]")
	if len(os.Args) == 4 && os.Args[1] == "log" {
		said, err = verifyLog(os.Args[2], os.Args[3])
	} else if len(os.Args) >= 5 && os.Args[1] == "proof" {
		said, err = verifyProof(os.Args[2], os.Args[3], os.Args[4:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(said)
}

// openTree verifies a signed checkpoint and reads it: origin, size, root.
func openTree(signed []byte, vkeys []string) (tree tlog.Tree, by int, err error) {
	var known []note.Verifier
	for _, vkey := range vkeys {
		verifier, err := newVerifier(vkey)
		if err != nil {
			return tree, 0, err
		}
		known = append(known, verifier)
	}
	opened, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return tree, 0, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != known[0].Name() || opened.Sigs[0].Name != lines[0] {
		return tree, 0, errors.New("not a checkpoint of the log that the key is of")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err == nil {
		tree.Hash, err = tlog.ParseHash(lines[2])
	}
	return tree, len(opened.Sigs), err
}

func verifyLog(directory, vkey string) (string, error) {
	signed, err := os.ReadFile(filepath.Join(directory, "checkpoint"))
	if err != nil {
		return "", err
	}
	tree, _, err := openTree(signed, []string{vkey})
	if err != nil {
		return "", err
	}
	published := tlog.TileHashReader(tree, tiles(directory))
	for from := int64(0); from < tree.N; from += 256 {
		to := min(from+256, tree.N)
		bundle, err := tiles(directory).read(tlog.Tile{H: 8, L: -1, N: from / 256, W: int(to - from)})
		if err != nil {
			return "", err
		}
		var at []int64
		for id := from; id < to; id++ {
			at = append(at, tlog.StoredHashIndex(0, id))
		}
		hashes, err := published.ReadHashes(at)
		if err != nil {
			return "", err
		}
		for id := from; id < to; id++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return "", fmt.Errorf("entry %d is cut off", id)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			if tlog.RecordHash(bundle[2:end]) != hashes[id-from] {
				return "", fmt.Errorf("entry %d is not the one in the tree", id)
			}
			bundle = bundle[end:]
		}
		if len(bundle) != 0 {
			return "", fmt.Errorf("the bundle from %d on holds more than it can", from)
		}
	}
	return fmt.Sprintf("%d entries", tree.N), nil
}

func verifyProof(file, entryFile string, vkeys []string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return "", err
	}
	head, checkpoint, _ := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("not a tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return "", err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return "", err
		}
		proof = append(proof, hash)
	}
	tree, by, err := openTree([]byte(checkpoint), vkeys)
	if err != nil {
		return "", err
	}
	if by != len(vkeys) {
		return "", errors.New("a witness did not cosign")
	}
	err = tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
	return fmt.Sprintf("entry %d of %d, signed by %d", index, tree.N, by), err
}

// tiles reads the files of a log in a directory; tlog names tiles tile/8/L/N, and entries tile/8/data/N.
type tiles string

func (tiles) Height() int                     { return 8 }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (directory tiles) ReadTiles(wanted []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range wanted {
		bytes, err := directory.read(tile)
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (directory tiles) read(tile tlog.Tile) ([]byte, error) {
	path := strings.Replace(strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1), "tile/8/", "tile/", 1)
	return os.ReadFile(filepath.Join(string(directory), filepath.FromSlash(path)))
}

// cosigner verifies the cosignatures of c2sp.org/tlog-cosignature, which sumdb/note does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), text)
	return ed25519.Verify(c.key, []byte(message), signature[8:])
}

func newVerifier(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, encoded, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) != 33 || key[0] != 4 {
		return note.NewVerifier(vkey)
	}
	hash, err := strconv.ParseUint(id, 16, 32)
	return cosigner{name, uint32(hash), ed25519.PublicKey(key[1:])}, err
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
