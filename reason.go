// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

// Reasons for which a signed document is refused. A host answers them in a Refusal document, a
// verifier returns them, and the published vectors name them.
const (
	RefusedMalformed          Reason = "malformed"
	RefusedTooLarge           Reason = "too_large"
	RefusedVersion            Reason = "unsupported_version"
	RefusedAlgorithm          Reason = "algorithm_not_allowed"
	RefusedCriticalHeader     Reason = "unknown_critical_header"
	RefusedUnknownIssuer      Reason = "unknown_issuer"
	RefusedWrongKey           Reason = "wrong_key"
	RefusedKeyRevoked         Reason = "key_revoked"
	RefusedKeyCompromised     Reason = "key_compromised"
	RefusedKeyNotYetValid     Reason = "key_not_yet_valid"
	RefusedAltered            Reason = "altered"
	RefusedNotCompetent       Reason = "not_competent"
	RefusedMandateExpired     Reason = "mandate_expired"
	RefusedWrongAddressee     Reason = "wrong_addressee"
	RefusedWrongSender        Reason = "wrong_sender"
	RefusedReplayed           Reason = "replayed"
	RefusedFutureDated        Reason = "dated_in_the_future"
	RefusedIncomplete         Reason = "incomplete"
	RefusedDuplicateReference Reason = "duplicate_reference"
	RefusedUnknownOrder       Reason = "unknown_order"

	RefusedApprovalMissing         Reason = "approval_missing"
	RefusedApprovalSamePerson      Reason = "approval_same_person"
	RefusedApprovalOtherDocument   Reason = "approval_other_document"
	RefusedApprovalWrongParty      Reason = "approval_wrong_relying_party"
	RefusedApprovalWrongOrigin     Reason = "approval_wrong_origin"
	RefusedApprovalUserNotVerified Reason = "approval_user_not_verified"
	RefusedApprovalRegistration    Reason = "approval_registration"
	RefusedApprovalDemonstration   Reason = "approval_demonstration"
	RefusedApprovalSignature       Reason = "approval_signature"
	RefusedApprovalCertificate     Reason = "approval_certificate"
)

// Reasons for which a command is refused.
const (
	ReasonMissing           Reason = "missing"
	ReasonFormat            Reason = "format"
	ReasonTooLong           Reason = "too_long"
	ReasonTooMany           Reason = "too_many"
	ReasonUnknownValue      Reason = "unknown_value"
	ReasonNotText           Reason = "not_text"
	ReasonWrongState        Reason = "wrong_state"
	ReasonStale             Reason = "stale_version"
	ReasonDuplicate         Reason = "duplicate"
	ReasonSamePerson        Reason = "same_person"
	ReasonRole              Reason = "role"
	ReasonUnknownRecord     Reason = "unknown_record"
	ReasonUnknownParty      Reason = "unknown_party"
	ReasonGateStopped       Reason = "gate_stopped"
	ReasonExemptionMissing  Reason = "exemption_assessment_missing"
	ReasonExemptionApplies  Reason = "exemption_applies"
	ReasonGagTooLong        Reason = "gag_too_long"
	ReasonPriorInformation  Reason = "prior_information"
	ReasonNoInclusionProof  Reason = "no_inclusion_proof"
	ReasonNotPublicItem     Reason = "item_not_public"
	ReasonNoBasis           Reason = "no_basis"
	ReasonNoEnd             Reason = "no_end"
	ReasonErased            Reason = "erased"
	ReasonPasskeyRequired   Reason = "passkey_required"
	ReasonDemonstrationOnly Reason = "demonstration_only"
	ReasonEnrolmentSpent    Reason = "enrolment_spent"
	ReasonLogBehindMark     Reason = "log_behind_mark"
	ReasonTooEarly          Reason = "too_early"
	ReasonMarking           Reason = "marking"
	ReasonNoVoice           Reason = "no_voice"
)
