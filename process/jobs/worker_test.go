package jobs

import (
	"strings"
	"testing"
)

func TestWorkerID(t *testing.T) {
	long := strings.Repeat("a-data-folder-that-lies-deep/", 5)
	for _, name := range []string{"", "host:/var/lib/emne", long, long + "x"} {
		id := workerID(name)
		if len(id) > maxWorkerID || workerID(name) != id || len(name) <= maxWorkerID && id != name {
			t.Errorf("%q becomes %q", name, id)
		}
	}
	if workerID(long) == workerID(long+"x") {
		t.Error("two workers have one name")
	}
}
