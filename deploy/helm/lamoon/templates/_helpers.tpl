{{- define "lamoon.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "lamoon.image" -}}
{{- $default := printf "%s/%s" .Values.registry .Values.image.name -}}
{{- printf "%s:%s" (default $default .Values.image.repository) .Values.image.tag -}}
{{- end -}}

{{- define "lamoon.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "lamoon.name" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of a process; `list $ "gateway"`. */}}
{{- define "lamoon.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: lamoon
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "lamoon.labels" -}}
{{- $root := index . 0 -}}
{{ include "lamoon.selector" . }}
app.kubernetes.io/version: {{ $root.Values.image.tag | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end -}}

{{/* How many Rasa servers the gateways know: as many as there can be. */}}
{{- define "lamoon.rasaServers" -}}
{{- ternary .Values.rasa.autoscaling.maxReplicas .Values.rasa.replicaCount .Values.rasa.autoscaling.enabled -}}
{{- end -}}

{{/* Names without a dot: Rasa refuses others, which a web page could point at it (lamoon/loopback.py). */}}
{{- define "lamoon.rasaUrls" -}}
{{- $root := . -}}
{{- $urls := list -}}
{{- range $number := until (int (include "lamoon.rasaServers" .)) -}}
{{- $urls = append $urls (printf "http://%s-rasa-%d:%d" (include "lamoon.name" $root) $number (int $root.Values.rasa.applicationSettings.port)) -}}
{{- end -}}
{{- join "," $urls -}}
{{- end -}}

{{/* A pod; `dict "root" $ "name" "gateway" "component" .Values.gateway "command" (list "gateway")`. */}}
{{- define "lamoon.pod" -}}
{{- $root := .root -}}
{{- $component := .component -}}
{{- $model := "" -}}
{{- if eq .name "rasa" }}{{ $model = $root.Values.rasa.applicationSettings.initialModel }}{{ end -}}
metadata:
  labels:
    {{- include "lamoon.labels" (list $root .name) | nindent 4 }}
    {{- with $component.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A changed setting, like a changed image or model, is a new pod.
    checksum/config: {{ include (print $root.Template.BasePath "/config.yaml") $root | sha256sum }}
    {{- with $component.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "lamoon.serviceAccount" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $component.terminationGracePeriodSeconds }}
  {{- with $root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml $root.Values.podSecurityContext | nindent 4 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "lamoon.selector" (list $root .name) | nindent 10 }}
  {{- if $model }}
  initContainers:
    - name: model
      image: {{ include "lamoon.image" $root }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      command:
        - /opt/venv/bin/python
        - -c
        - |
          import hashlib, os, pathlib, urllib.request
          data = urllib.request.urlopen(os.environ["MODEL_URL"], timeout=300).read()
          found = hashlib.sha256(data).hexdigest()
          if found != os.environ["MODEL_SHA256"].lower():
              raise SystemExit(f"The model's SHA-256 is {found}: it is another file than initialModelSha256 says.")
          pathlib.Path("/srv/lamoon/models/initial.tar.gz").write_bytes(data)
      env:
        - name: MODEL_URL
          value: {{ $model | quote }}
        - name: MODEL_SHA256
          value: {{ required "rasa.applicationSettings.initialModelSha256 is needed: a model is code" $root.Values.rasa.applicationSettings.initialModelSha256 | quote }}
      securityContext:
        {{- toYaml $root.Values.securityContext | nindent 8 }}
      volumeMounts:
        - {name: models, mountPath: /srv/lamoon/models}
  {{- end }}
  containers:
    - name: {{ .name }}
      image: {{ include "lamoon.image" $root }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: {{ toJson .command }}
      {{- if $component.applicationSettings }}
      ports:
        - name: http
          containerPort: {{ $component.applicationSettings.port }}
      {{- end }}
      envFrom:
        - configMapRef:
            name: {{ include "lamoon.name" $root }}
        - secretRef:
            name: {{ $root.Values.existingSecrets.common }}
        {{- with .secret }}
        - secretRef:
            name: {{ . }}
        {{- end }}
      {{- with $component.extraEnv }}
      env:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- range $probe := list "startupProbe" "readinessProbe" "livenessProbe" }}
      {{- with index $component $probe }}
      {{ $probe }}:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
      {{- if $component.applicationSettings }}
      lifecycle:
        preStop:
          exec:
            command: [sleep, "5"]  # until no more requests are sent here
      {{- end }}
      resources:
        {{- toYaml $component.resources | nindent 8 }}
      securityContext:
        {{- toYaml $root.Values.securityContext | nindent 8 }}
      volumeMounts:
        - {name: data, mountPath: /var/lib/lamoon}
        - {name: tmp, mountPath: /tmp}
        {{- if $root.Values.studio }}
        - {name: studio, mountPath: /etc/lamoon, readOnly: true}
        {{- end }}
        {{- if $model }}
        - {name: models, mountPath: /srv/lamoon/models, readOnly: true}
        {{- end }}
  volumes:
    - name: data
      emptyDir: {}
    - name: tmp
      emptyDir: {}
    {{- if $root.Values.studio }}
    - name: studio
      configMap:
        name: {{ include "lamoon.name" $root }}-studio
    {{- end }}
    {{- if $model }}
    - name: models
      emptyDir: {}
    {{- end }}
  {{- with $component.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $component.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $component.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
