package process

// Job is slow work that a transition causes; it commits with the transition.
// Its exported fields are its JSON. The kinds stand in this file; the rooms
// that carry them out register handlers in process/jobs.
type Job interface{ Kind() string }

// SendDelivery composes (once), submits and records the outcome of one
// mail, or of one e-invoice for the access point.
//
// Attempt is the number of the attempt that the job was made for: a job that
// was overtaken by another finds another number and does nothing.
type SendDelivery struct {
	Delivery string `json:"delivery"`
	Attempt  int    `json:"attempt"`
	// Channel is empty for mail, or KindEInvoice.
	Channel string `json:"channel,omitempty"`
}

// Kind names the job.
func (SendDelivery) Kind() string { return "send_delivery" }

// FileSubmission maps a stored hook body to an inquiry and records that.
type FileSubmission struct {
	Submission string `json:"submission"`
}

// Kind names the job.
func (FileSubmission) Kind() string { return "file_submission" }
