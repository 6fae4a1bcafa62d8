// Hostile files: what `fathom inspect` says of them.
#include <doctest/doctest.h>

#include "tests/faults/cli_faults.h"

using namespace fathom;

namespace {

const test::CliFault file_faults[] = {
    {"no such file", "$fathom inspect nothing.safetensors", 1,
     R"(fathom: read: cannot open: No such file or directory
  path: nothing.safetensors
  hint: check the spelling of the path and that its folder exists)"},
    {"a folder for a file", "mkdir dir.png && $fathom inspect dir.png", 1,
     R"(fathom: read: cannot open: Is a directory
  path: dir.png
  hint: this is a folder; name a file in it)"},
    {"unknown ending", "$fathom inspect notes.txt", 1,
     R"(fathom: inspect: the file's name ends in none of the known endings
  file: notes.txt
  expected .safetensors, .pt, .pth, .npz, .npy, .h5, .keras, .png, .jpg, .webp, .bmp, .ppm, .csv, .csv.gz, .data, .idx, -ubyte or -ubyte.gz)"},
    {"empty safetensors", ": >e.safetensors; $fathom inspect e.safetensors", 1,
     R"(fathom: safetensors: too short for a header
  path: e.safetensors     file: 0 bytes
  expected 8 bytes with the header's length first
  hint: was the file cut off?)"},
    {"truncated safetensors",
     "head -c 60 model.safetensors >t.safetensors; $fathom inspect t.safetensors", 1,
     R"(fathom: safetensors: the header reaches beyond the end
  path: t.safetensors     header: 160 bytes     file: 60 bytes
  expected at most 52 bytes of header
  hint: the file was cut off or is no safetensors file)"},
    {"safetensors without its end",
     "head -c -1 model.safetensors >s.safetensors; $fathom inspect s.safetensors", 1,
     R"(fathom: safetensors: a tensor reaches beyond the end of the file
  path: s.safetensors     in: tensor "weight"     ends at: 64
  expected at most 63 bytes of data
  hint: was the file cut off?)"},
    {"a header as long as the world",
     "printf '\\377\\377\\377\\377\\377\\377\\377\\177{}' >h.safetensors; $fathom inspect "
     "h.safetensors",
     1,
     R"(fathom: safetensors: the header reaches beyond the end
  path: h.safetensors     header: 9223372036854775807 bytes     file: 10 bytes
  expected at most 2 bytes of header
  hint: the file was cut off or is no safetensors file)"},
    {"a header that is no JSON",
     "printf '\\002\\0\\0\\0\\0\\0\\0\\0xx' >j.safetensors; $fathom inspect j.safetensors", 1,
     R"(fathom: safetensors: the header is not valid JSON
  path: j.safetensors     at byte: 8     reason: "syntax error while parsing value - invalid literal; last read: 'x'"
  expected one JSON object in UTF-8)"},
    {"text called safetensors", "cp notes.txt n.safetensors; $fathom inspect n.safetensors", 1,
     R"(fathom: safetensors: the header reaches beyond the end
  path: n.safetensors     header: 2334956330817974126 bytes     file: 29 bytes
  expected at most 21 bytes of header
  hint: the file was cut off or is no safetensors file)"},
    {"truncated idx", "head -c 20 labels.idx >t.idx; $fathom inspect t.idx", 1,
     R"(fathom: idx: the file is too short for its shape
  path: t.idx     got: (40,)
  expected at most 12 bytes of elements
  hint: was the file cut off?)"},
    {"idx with a rest", "{ cat labels.idx; echo; } >r.idx; $fathom inspect r.idx", 1,
     R"(fathom: idx: bytes after the last element
  path: r.idx     got: more than 40 bytes
  expected 40 bytes for shape (40,))"},
    {"text called idx", "cp notes.txt n.idx; $fathom inspect n.idx", 1,
     R"(fathom: idx: not an idx file
  path: n.idx     got: first bytes 6e6f7468
  expected 0000, a type (08 09 0b 0c 0d 0e) and the number of axes
  hint: MNIST's images begin with 00000803, its labels with 00000801)"},
    {"idx that promises terabytes",
     "printf '\\0\\0\\010\\003\\177\\377\\377\\377\\177\\377\\377\\377\\0\\0\\0\\100' >b.idx; "
     "$fathom inspect b.idx",
     1,
     R"(fathom: idx: the file is too short for its shape
  path: b.idx     got: (2147483647, 2147483647, 64)
  expected at most 0 bytes of elements
  hint: was the file cut off?)"},
    {"truncated gzip", "gzip -c labels.idx | head -c 30 >g.idx.gz; $fathom inspect g.idx.gz", 1,
     R"(fathom: gzip: the packed data end early
  path: g.idx.gz     at packed byte: 30
  hint: was the file cut off or damaged?)"},
    {"rows of unlike lengths", "printf '1,2\\n3\\n' >u.csv; $fathom inspect u.csv", 1,
     R"(fathom: csv: rows of different lengths
  path: u.csv     line: 2     fields: 1
  expected 2 fields, as in line 1
  hint: a wrong delimiter, an unquoted delimiter in a text, or a first line to skip?)"},
    {"a quote that stays open", "printf '1,\"2\\n3,4\\n' >q.csv; $fathom inspect q.csv", 1,
     R"(fathom: csv: a quote that is never closed
  path: q.csv     line: 1     column: 2
  hint: is a closing quote missing?)"},
    {"zero bytes in a table", "printf '1,\\0\\n' >z.csv; $fathom inspect z.csv", 1,
     R"(fathom: csv: a NUL byte
  path: z.csv     line: 1     column: 2
  hint: is this a text file?)"},
    {"truncated picture", "head -c 50 picture.png >t.png; $fathom inspect t.png", 1,
     R"(fathom: png: the file ends early
  path: t.png
  expected a whole PNG picture)"},
    {"a picture with a damaged part",
     "{ head -c 45 picture.png; echo xxxx; tail -c +50 picture.png; } >d.png; $fathom inspect "
     "d.png",
     1,
     R"(fathom: png: IDAT: invalid distance too far back
  path: d.png
  expected a whole PNG picture)"},
    {"text called png", "cp notes.txt n.png; $fathom inspect n.png", 1,
     R"(fathom: decode_image: not a picture
  path: n.png
  expected JPEG, PNG, WebP, BMP, PPM, PGM or PBM
  hint: the first bytes tell the format, not the file's name)"},
    {"a JPEG without an end", "printf '\\377\\330\\377\\340\\000' >j.jpg; $fathom inspect j.jpg", 1,
     R"(fathom: jpeg: the file ends early
  path: j.jpg
  expected a whole JPEG picture)"},
    {"a bitmap of more pixels than bytes",
     "{ printf "
     "'BM\\0\\0\\0\\0\\0\\0\\0\\0\\66\\0\\0\\0\\50\\0\\0\\0\\0\\20\\0\\0\\0\\20\\0\\0\\1\\0\\30'; "
     "head -c 25 "
     "/dev/zero; } >b.bmp; $fathom inspect b.bmp",
     1, R"(fathom: bmp: a picture of 4096 x 4096 pixels cannot be in 54 bytes
  path: b.bmp
  expected a whole BMP picture
  hint: was the file cut off or damaged?)"},
    {"a device for a file", "ln -s /dev/zero endless.csv; $fathom inspect endless.csv", 1,
     R"(fathom: read: not a regular file
  path: endless.csv
  expected a file, not a device, pipe or socket)"},
    {"a link to itself", "ln -s loop.csv loop.csv; $fathom inspect loop.csv", 1,
     R"(fathom: read: cannot open: Too many levels of symbolic links
  path: loop.csv)"},
    {"a pipe for a file", "mkfifo pipe.csv; $fathom inspect pipe.csv", 1,
     R"(fathom: read: not a regular file
  path: pipe.csv
  expected a file, not a device, pipe or socket)"},
    {"a table in UTF-16",
     "printf '\\377\\376a\\0,\\0b\\0\\n\\0' >wide.csv; $fathom inspect wide.csv", 1,
     R"(fathom: csv: a NUL byte
  path: wide.csv     line: 1     column: 1
  hint: is this a text file?)"},
    {"gzip that ends after two bytes",
     "printf '\\037\\213' >short.csv.gz; $fathom inspect short.csv.gz", 1,
     R"(fathom: gzip: the packed data end early
  path: short.csv.gz     at packed byte: 2
  hint: was the file cut off or damaged?)"},
    {"a packed file of zeros",
     "head -c 1000000 /dev/zero | gzip >zeros.csv.gz; $fathom inspect zeros.csv.gz", 1,
     R"(fathom: csv: a NUL byte
  path: zeros.csv.gz     line: 1     column: 1
  hint: is this a text file?)"},
    {"text behind a quote", "printf '1,\"2\"x\\n' >behind.csv; $fathom inspect behind.csv", 1,
     R"(fathom: csv: text after a closing quote
  path: behind.csv     line: 1     column: 2
  hint: a quote inside a quoted field is written twice)"},
    {"a file that may not be read",
     "[ $(id -u) = 0 ] && as='setpriv --bounding-set -dac_override,-dac_read_search'; : "
     ">secret.csv; "
     "chmod 000 secret.csv; $as $fathom inspect secret.csv",
     1, R"(fathom: read: cannot open: Permission denied
  path: secret.csv
  hint: check the permissions of the file and of its folder)"},
};

}  // namespace

TEST_CASE("faults: hostile files get one clear message") { test::check_rows(file_faults); }
