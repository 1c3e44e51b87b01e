package webform

import (
	"context"
	"fmt"

	"github.com/emne/emne/intake"
)

// Filer makes stored submissions what they are. It is the handler of the job
// that commits with each submission.
type Filer struct {
	recorder intake.FormFiler
	sources  map[string]Source
}

// NewFiler needs the sources for their visitors' language alone.
func NewFiler(recorder intake.FormFiler, sources map[string]Source) *Filer {
	return &Filer{recorder: recorder, sources: sources}
}

// File maps a submission and records what it is. Done twice, it changes
// nothing. An error means: try again later.
func (f *Filer) File(ctx context.Context, submissionID string) error {
	sub, body, err := f.recorder.SubmissionOf(ctx, intake.Recording("form"), submissionID)
	if err != nil {
		return fmt.Errorf("reading submission %s: %w", submissionID, err)
	}
	if sub.State != "pending" {
		return nil
	}
	in, unreadable := Map(sub, body, f.sources[sub.Source].Language)
	_, err = f.recorder.FileSubmission(ctx, intake.Recording("form"), submissionID, in, unreadable)
	if code := intake.CodeOf(err); code == intake.CodeInvalid || code == intake.CodeTooLarge {
		_, err = f.recorder.FileSubmission(ctx, intake.Recording("form"), submissionID, intake.Inquiry{}, unreadableRecord)
	}
	if err != nil {
		return fmt.Errorf("filing submission %s: %w", submissionID, err)
	}
	return nil
}

// Map turns a submission's body into an inquiry, or says why that cannot be.
// language is the visitors', unless the form says another. It is pure.
func Map(sub *intake.Submission, body []byte, language string) (in intake.Inquiry, unreadable string) {
	defer func() {
		if recover() != nil {
			in, unreadable = intake.Inquiry{}, unreadableInternal
		}
	}()
	if e := sub.Headers["Content-Encoding"]; e != "" && e != "identity" {
		return intake.Inquiry{}, unreadableEncoded
	}
	f, err := read(sub.ContentType, body)
	if err != nil {
		return intake.Inquiry{}, err.Error()
	}
	in, ok := inquiry(f, language)
	if !ok {
		return intake.Inquiry{}, unreadableSilent
	}
	return in, ""
}
