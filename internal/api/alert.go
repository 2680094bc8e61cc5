// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// AlertList asks for alerts.
type AlertList struct {
	All   bool   `query:"all" doc:"also what was cleared"`
	After string `query:"after" maxLength:"200" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// AlertView is one alert. It holds no text and no address.
type AlertView struct {
	ID             tocsin.RecordID   `json:"id" required:"true"`
	Status         tocsin.AlertState `json:"status" required:"true" enum:"open,acknowledged,cleared"`
	Topic          tocsin.Topic      `json:"topic" required:"true"`
	About          tocsin.RecordID   `json:"about,omitempty" doc:"the record it is about"`
	Deadline       *time.Time        `json:"deadline,omitempty" doc:"of what it is about; no acknowledgement moves it"`
	OpenedAt       time.Time         `json:"opened_at" required:"true"`
	Called         []tocsin.RecordID `json:"called" required:"true" nullable:"false" doc:"people, by pseudonym"`
	NextCall       *time.Time        `json:"next_call,omitempty" doc:"when the next one is called"`
	AcknowledgedBy tocsin.ActorID    `json:"acknowledged_by,omitempty"`
	AcknowledgedAt *time.Time        `json:"acknowledged_at,omitempty"`
	ClearedAt      *time.Time        `json:"cleared_at,omitempty"`
}

// AlertsView is a list of alerts.
type AlertsView struct {
	Alerts []AlertView `json:"alerts" required:"true" nullable:"false"`
	Next   string      `json:"next,omitempty" doc:"give it as after; absent at the end"`
}

// AlertByID names one alert.
type AlertByID struct {
	ID tocsin.RecordID `path:"id"`
}

// ToldView is one message to one person.
type ToldView struct {
	Person    tocsin.RecordID `json:"person" required:"true"`
	Channel   flow.Channel    `json:"channel" required:"true"`
	Attempts  int64           `json:"attempts" required:"true"`
	SentAt    *time.Time      `json:"sent_at,omitempty"`
	RefusedAt *time.Time      `json:"refused_at,omitempty"`
	Code      string          `json:"code,omitempty" doc:"of the last failure"`
}

// AlertedView is one alert with who was told.
type AlertedView struct {
	AlertView
	Told []ToldView `json:"told" required:"true" nullable:"false"`
}

// RotaSlotView is an hour of the week at which a person is on call.
type RotaSlotView struct {
	Day    string          `json:"day" required:"true" enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday"`
	From   string          `json:"from" required:"true" pattern:"^[0-2][0-9]:[0-5][0-9]$" doc:"on the wall of the zone"`
	To     string          `json:"to" required:"true" pattern:"^[0-2][0-9]:[0-5][0-9]$" doc:"at or before from: on the next day"`
	Zone   string          `json:"zone" required:"true" maxLength:"60" doc:"such as Europe/Paris"`
	Person tocsin.RecordID `json:"person" required:"true"`
}

// RotaOverrideView puts a person first for a time.
type RotaOverrideView struct {
	From   time.Time       `json:"from" required:"true"`
	To     time.Time       `json:"to" required:"true"`
	Person tocsin.RecordID `json:"person" required:"true"`
}

// RotaPlanView says who is on call when.
type RotaPlanView struct {
	Slots     []RotaSlotView     `json:"slots" required:"true" nullable:"false" maxItems:"200"`
	Overrides []RotaOverrideView `json:"overrides" required:"true" nullable:"false" maxItems:"200"`
	Backup    []tocsin.RecordID  `json:"backup" required:"true" nullable:"false" maxItems:"200" doc:"called next, in this order"`
}

// RotaView is the rota with who is on call now.
type RotaView struct {
	Version   int64             `json:"version" required:"true"`
	Plan      RotaPlanView      `json:"plan" required:"true"`
	OnCall    []tocsin.RecordID `json:"on_call" required:"true" nullable:"false"`
	Gap       *time.Time        `json:"gap,omitempty" doc:"when nobody is on call, within a week"`
	ChangedAt *time.Time        `json:"changed_at,omitempty"`
	ChangedBy tocsin.ActorID    `json:"changed_by,omitempty"`
}

// RotaChange lays the rota down anew.
type RotaChange struct {
	Body RotaChangeBody `required:"true"`
}

// RotaChangeBody is a plan over the version that was read.
type RotaChangeBody struct {
	Version int64        `json:"version" required:"true" minimum:"0" doc:"as it was read; 0 before there is one"`
	Plan    RotaPlanView `json:"plan" required:"true"`
}

func (s *service) alertRoutes() {
	register(s, operation{id: "alert-list", method: http.MethodGet, path: "/alerts", at: "query.",
		scope: flow.ActionAlertRead, summary: "What waits for somebody",
		text: "What changed last first; on a page, what is due first stands first. A person acknowledges in the console; " +
			"nothing acknowledges here."}, s.listAlerts)
	register(s, operation{id: "alert-read", method: http.MethodGet, path: "/alerts/{id}", at: "path.",
		scope: flow.ActionAlertRead, summary: "An alert, with who was told over what"}, s.readAlert)
	register(s, operation{id: "rota-read", method: http.MethodGet, path: "/rota",
		scope: flow.ActionAlertRead, summary: "Who is on call when"}, s.readRota)
	register(s, operation{id: "rota-change", method: http.MethodPut, path: "/rota", at: "body.plan.",
		scope: flow.ActionRotaChange, summary: "Lay down who is on call",
		text: "Give the version you read: one that is no longer current is refused."}, s.changeRota)
}

func alertView(a flow.AlertView) AlertView {
	return AlertView{ID: a.ID, Status: a.Status, Topic: a.Topic, About: a.About, Deadline: a.Deadline,
		OpenedAt: a.OpenedAt, Called: append([]tocsin.RecordID{}, a.Called...), NextCall: a.NextCall,
		AcknowledgedBy: a.AcknowledgedBy, AcknowledgedAt: a.AcknowledgedAt, ClearedAt: a.ClearedAt}
}

func (s *service) listAlerts(ctx context.Context, in *AlertList) (*output[AlertsView], error) {
	list, next, err := s.Flow.Alerts(ctx, actorOf(ctx), flow.AlertFilter(*in))
	if err != nil {
		return nil, err
	}
	view := AlertsView{Alerts: make([]AlertView, 0, len(list)), Next: next}
	for _, a := range list {
		view.Alerts = append(view.Alerts, alertView(a))
	}
	return answer(view), nil
}

func (s *service) readAlert(ctx context.Context, in *AlertByID) (*output[AlertedView], error) {
	a, told, err := s.Flow.Alerted(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	view := AlertedView{AlertView: alertView(a), Told: make([]ToldView, 0, len(told))}
	for _, t := range told {
		view.Told = append(view.Told, ToldView{Person: t.Person, Channel: t.Channel, Attempts: t.Attempts,
			SentAt: t.AckedAt, RefusedAt: t.RefusedAt, Code: t.Code})
	}
	return answer(view), nil
}

func (s *service) readRota(ctx context.Context, _ *None) (*output[RotaView], error) {
	v, err := s.Flow.Rota(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	plan := RotaPlanView{Slots: []RotaSlotView{}, Overrides: []RotaOverrideView{},
		Backup: append([]tocsin.RecordID{}, v.Plan.Backup...)}
	for _, slot := range v.Plan.Slots {
		plan.Slots = append(plan.Slots, RotaSlotView(slot))
	}
	for _, o := range v.Plan.Overrides {
		plan.Overrides = append(plan.Overrides, RotaOverrideView(o))
	}
	return answer(RotaView{Version: v.Version, Plan: plan, OnCall: append([]tocsin.RecordID{}, v.OnCall...), Gap: v.Gap,
		ChangedAt: v.ChangedAt, ChangedBy: v.ChangedBy}), nil
}

func (s *service) changeRota(ctx context.Context, in *RotaChange) (*output[RotaView], error) {
	plan := flow.RotaPlan{Backup: in.Body.Plan.Backup}
	for _, slot := range in.Body.Plan.Slots {
		plan.Slots = append(plan.Slots, flow.RotaSlot(slot))
	}
	for _, o := range in.Body.Plan.Overrides {
		plan.Overrides = append(plan.Overrides, flow.RotaOverride(o))
	}
	if err := s.Flow.ChangeRota(ctx, actorOf(ctx), in.Body.Version, plan); err != nil {
		return nil, err
	}
	return s.readRota(ctx, nil)
}
