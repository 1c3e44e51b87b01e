package process

import (
	"context"
	"strings"
)

// TaskInput is a follow-up as people and programs write it.
type TaskInput struct {
	Title string `json:"title"`
	Note  string `json:"note,omitempty"`
	Due   Date   `json:"due,omitempty"`
	Owner string `json:"owner,omitempty"`
	About Ref    `json:"about,omitzero"`
}

// Input is the editable part of the task.
func (t Task) Input() TaskInput { return TaskInput{t.Title, t.Note, t.Due, t.Owner, t.About} }

func (u *unit) applyTask(in TaskInput, t *Task) error {
	t.Title, t.Note, t.Due, t.Owner, t.About = strings.TrimSpace(in.Title), in.Note, in.Due, in.Owner, in.About
	if t.Title == "" && t.Reason == "" {
		return Invalid("task.title", "say what is to be done", Problem{Field: "title", Reason: "task.title", Message: "a few words"})
	}
	return u.checkOwner(t.Owner)
}

// CreateTask adds a follow-up.
func (s *Service) CreateTask(ctx context.Context, a Actor, in TaskInput) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		t := Task{}
		if err := u.applyTask(in, &t); err != nil {
			return nil, err
		}
		if t.Owner == "" && a.Kind == ActorUser {
			t.Owner = a.ID
		}
		thread, err := u.threadOf(t.About)
		if err != nil {
			return nil, err
		}
		t.Thread = thread
		made, err := u.task(t)
		if err != nil {
			return nil, err
		}
		return (&Outcome{}).of(made), nil
	})
}

// task adds a task for a person.
func (u *unit) task(t Task) (*Task, error) {
	t.Record, t.State = u.record(), "open"
	if t.Due == "" {
		t.Due = u.today()
	}
	if err := u.Tasks().Insert(&t); err != nil {
		return nil, err
	}
	return &t, u.note(Activity{Type: "task.created", About: Ref{TypeTask, t.ID}, Thread: t.Thread, To: t.State, Related: t.About,
		Data: map[string]string{"title": t.Title, "reason": t.Reason, "due": string(t.Due)}})
}

func (s *Service) changeTask(ctx context.Context, a Actor, t Target, verb, activity string, f func(*unit, *Task) error) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		task, err := opened(u, u.Tasks(), verb, t)
		if err != nil {
			return nil, err
		}
		from := task.State
		if err := f(u, task); err != nil {
			return nil, err
		}
		if err := u.Tasks().Update(task); err != nil {
			return nil, err
		}
		return (&Outcome{}).of(task), u.note(Activity{Type: activity, About: Ref{TypeTask, task.ID}, Thread: task.Thread, From: from, To: task.State, Related: task.About,
			Data: map[string]string{"title": task.Title, "reason": task.Reason, "due": string(task.Due)}})
	})
}

// resolve closes the tasks of a reason that emne made about a record, when what
// they asked for has come about.
func (u *unit) resolve(about Ref, reason string) error {
	open, _, err := u.Tasks().List(Filter{State: "open", Match: map[string]string{"about_id": about.ID, "reason": reason}, Limit: MaxLimit})
	if err != nil {
		return err
	}
	for i := range open {
		task := &open[i]
		task.State = "done"
		if err := u.Tasks().Update(task); err != nil {
			return err
		}
		if err := u.note(Activity{Type: "task.done", About: Ref{TypeTask, task.ID}, Thread: task.Thread, From: "open", To: task.State, Related: about,
			Data: map[string]string{"title": task.Title, "reason": task.Reason, "due": string(task.Due)}}); err != nil {
			return err
		}
	}
	return nil
}

// EditTask changes an open task.
func (s *Service) EditTask(ctx context.Context, a Actor, t Target, in TaskInput) (*Outcome, error) {
	return s.changeTask(ctx, a, t, "edit", "task.changed", func(u *unit, task *Task) error { return u.applyTask(in, task) })
}

// DoneTask closes a task.
func (s *Service) DoneTask(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changeTask(ctx, a, t, "done", "task.done", func(_ *unit, task *Task) error {
		task.State = "done"
		return nil
	})
}

// SnoozeInput says until when.
type SnoozeInput struct {
	Until Date `json:"until,omitempty"`
}

// SnoozeTask puts a task off, by a day when no date is given.
func (s *Service) SnoozeTask(ctx context.Context, a Actor, t Target, in SnoozeInput) (*Outcome, error) {
	return s.changeTask(ctx, a, t, "snooze", "task.snoozed", func(u *unit, task *Task) error {
		task.Due = in.Until
		if task.Due == "" {
			task.Due = u.today().AddDays(1)
		}
		return nil
	})
}
