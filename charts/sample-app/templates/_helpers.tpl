{{- define "sample-app.name" -}}
{{- if contains "sample-app" .Release.Name }}{{ .Release.Name | trunc 63 | trimSuffix "-" }}{{ else }}{{ printf "%s-sample-app" .Release.Name | trunc 63 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "sample-app.selector" -}}
app.kubernetes.io/name: sample-app
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sample-app.labels" -}}
{{ include "sample-app.selector" . }}
app.kubernetes.io/part-of: kintsugi
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end }}
