package unit

import "strings"

// The keys that systemd knows in the sections of services and sockets: those of
// version 252, as systemd --dump-configuration-items lists them, and those that the
// man pages of later ones add. Others are ignored, with a line in the journal.
var (
	unitKeys = strings.Fields(`
		After AllowIsolate AssertACPower AssertArchitecture AssertCPUFeature AssertCPUPressure AssertCPUs
		AssertCapability AssertControlGroupController AssertCredential AssertDirectoryNotEmpty
		AssertEnvironment AssertFileIsExecutable AssertFileNotEmpty AssertFirstBoot AssertGroup AssertHost
		AssertIOPressure AssertKernelCommandLine AssertKernelVersion AssertMemory AssertMemoryPressure
		AssertNeedsUpdate AssertOSRelease AssertPathExists AssertPathExistsGlob AssertPathIsDirectory
		AssertPathIsEncrypted AssertPathIsMountPoint AssertPathIsReadWrite AssertPathIsSymbolicLink
		AssertSecurity AssertUser AssertVirtualization Before BindTo BindsTo CollectMode ConditionACPower
		ConditionArchitecture ConditionCPUFeature ConditionCPUPressure ConditionCPUs ConditionCapability
		ConditionControlGroupController ConditionCredential ConditionDirectoryNotEmpty ConditionEnvironment
		ConditionFileIsExecutable ConditionFileNotEmpty ConditionFirmware ConditionFirstBoot ConditionGroup
		ConditionHost ConditionIOPressure ConditionKernelCommandLine ConditionKernelVersion ConditionMemory
		ConditionMemoryPressure ConditionNeedsUpdate ConditionOSRelease ConditionPathExists
		ConditionPathExistsGlob ConditionPathIsDirectory ConditionPathIsEncrypted ConditionPathIsMountPoint
		ConditionPathIsReadWrite ConditionPathIsSymbolicLink ConditionSecurity ConditionUser
		ConditionVirtualization Conflicts DefaultDependencies Description Documentation FailureAction
		FailureActionExitStatus IgnoreOnIsolate JobRunningTimeoutSec JobTimeoutAction
		JobTimeoutRebootArgument JobTimeoutSec JoinsNamespaceOf OnFailure OnFailureIsolate OnFailureJobMode
		OnSuccess OnSuccessJobMode PartOf PropagateReloadFrom PropagateReloadTo PropagatesReloadTo
		PropagatesStopTo RebootArgument RefuseManualStart RefuseManualStop ReloadPropagatedFrom Requires
		RequiresMountsFor RequiresOverridable Requisite RequisiteOverridable SourcePath StartLimitAction
		StartLimitBurst StartLimitInterval StartLimitIntervalSec StopPropagatedFrom StopWhenUnneeded
		SuccessAction SuccessActionExitStatus SurviveFinalKillSignal Upholds UpholdsBy Wants`)
	installKeys = strings.Fields(`
		Alias Also DefaultInstance RequiredBy UpheldBy WantedBy`)
	// execKeys are of services and of sockets, for what they run.
	execKeys = strings.Fields(`
		AllowedCPUs AllowedMemoryNodes AmbientCapabilities AppArmorProfile BPFDelegateAttachments
		BPFDelegateCommands BPFDelegateMaps BPFDelegatePrograms BPFProgram BindPaths BindReadOnlyPaths
		BlockIOAccounting BlockIODeviceWeight BlockIOReadBandwidth BlockIOWeight BlockIOWriteBandwidth
		CPUAccounting CPUAffinity CPUQuota CPUQuotaPeriodSec CPUSchedulingPolicy CPUSchedulingPriority
		CPUSchedulingResetOnFork CPUShares CPUWeight CacheDirectory CacheDirectoryAccounting
		CacheDirectoryMode CacheDirectoryQuota CapabilityBoundingSet ConfigurationDirectory
		ConfigurationDirectoryMode CoredumpFilter CoredumpReceive DefaultMemoryLow DefaultMemoryMin Delegate
		DelegateNamespaces DelegateSubgroup DeviceAllow DevicePolicy DisableControllers DynamicUser
		Environment EnvironmentFile ExecPaths ExecSearchPath ExecStartPost ExecStartPre ExecStopPost
		ExtensionDirectories ExtensionImagePolicy ExtensionImages FinalKillSignal Group IOAccounting
		IODeviceLatencyTargetSec IODeviceWeight IOReadBandwidthMax IOReadIOPSMax IOSchedulingClass
		IOSchedulingPriority IOWeight IOWriteBandwidthMax IOWriteIOPSMax IPAccounting IPAddressAllow
		IPAddressDeny IPCNamespacePath IPEgressFilterPath IPIngressFilterPath IgnoreSIGPIPE ImportCredential
		InaccessibleDirectories InaccessiblePaths KeyringMode KillMode KillSignal LimitAS LimitCORE LimitCPU
		LimitDATA LimitFSIZE LimitLOCKS LimitMEMLOCK LimitMSGQUEUE LimitNICE LimitNOFILE LimitNPROC LimitRSS
		LimitRTPRIO LimitRTTIME LimitSIGPENDING LimitSTACK LoadCredential LoadCredentialEncrypted
		LockPersonality LogExtraFields LogFilterPatterns LogLevelMax LogNamespace LogRateLimitBurst
		LogRateLimitIntervalSec LogsDirectory LogsDirectoryAccounting LogsDirectoryMode LogsDirectoryQuota
		ManagedOOMMemoryPressure ManagedOOMMemoryPressureDurationSec ManagedOOMMemoryPressureLimit
		ManagedOOMPreference ManagedOOMSwap MemoryAccounting MemoryDenyWriteExecute MemoryHigh MemoryKSM
		MemoryLimit MemoryLow MemoryMax MemoryMin MemoryPressureThresholdSec MemoryPressureWatch
		MemorySwapMax MemoryZSwapWriteback MountAPIVFS MountFlags MountImagePolicy MountImages NFTSet
		NUMAMask NUMAPolicy NetworkNamespacePath Nice NoExecPaths NoNewPrivileges OOMScoreAdjust PAMName
		PassEnvironment Personality PrivateBPF PrivateDevices PrivateIPC PrivateMounts PrivateNetwork
		PrivatePIDs PrivateTmp PrivateUsers ProcSubset ProtectClock ProtectControlGroups ProtectHome
		ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectProc
		ProtectSystem ReadOnlyDirectories ReadOnlyPaths ReadWriteDirectories ReadWritePaths RemoveIPC
		RestartKillSignal RestrictAddressFamilies RestrictFileSystems RestrictNamespaces
		RestrictNetworkInterfaces RestrictRealtime RestrictSUIDSGID RootDirectory RootEphemeral RootHash
		RootHashSignature RootImage RootImageOptions RootImagePolicy RootMStack RootVerity RuntimeDirectory
		RuntimeDirectoryMode RuntimeDirectoryPreserve SELinuxContext SecureBits SendSIGHUP SendSIGKILL
		SetCredential SetCredentialEncrypted SetLoginEnvironment Slice SmackProcessLabel SocketBindAllow
		SocketBindDeny StandardError StandardInput StandardInputData StandardInputText StandardOutput
		StartupAllowedCPUs StartupAllowedMemoryNodes StartupBlockIOWeight StartupCPUShares StartupCPUWeight
		StartupIOWeight StartupMemoryHigh StartupMemoryLow StartupMemoryMax StartupMemorySwapMax
		StartupMemoryZSwapMax StateDirectory StateDirectoryAccounting StateDirectoryMode StateDirectoryQuota
		StateDirectorySymlink SupplementaryGroups SyslogFacility SyslogIdentifier SyslogLevel
		SyslogLevelPrefix SystemCallArchitectures SystemCallErrorNumber SystemCallFilter SystemCallLog
		TTYColumns TTYPath TTYReset TTYRows TTYVHangup TTYVTDisallocate TasksAccounting TasksMax
		TemporaryFileSystem TimeoutCleanSec TimeoutSec TimerSlackNSec UMask UnsetEnvironment User
		UserNamespacePath UtmpIdentifier UtmpMode WatchdogSignal WorkingDirectory`)
	socketKeys = strings.Fields(`
		Accept AcceptFileDescriptors Backlog BindIPv6Only BindToDevice Broadcast DeferAcceptSec DeferTrigger
		DeferTriggerMaxSec DirectoryMode ExecStopPre FileDescriptorName FlushPending FreeBind IPTOS IPTTL
		KeepAlive KeepAliveIntervalSec KeepAliveProbes KeepAliveTimeSec ListenDatagram ListenFIFO
		ListenMessageQueue ListenNetlink ListenSequentialPacket ListenSpecial ListenStream ListenUSBFunction
		Mark MaxConnections MaxConnectionsPerSource MessageQueueMaxMessages MessageQueueMessageSize NoDelay
		PassCredentials PassFileDescriptorsToExec PassPIDFD PassPacketInfo PassSecurity PipeSize
		PollLimitBurst PollLimitIntervalSec Priority ReceiveBuffer RemoveOnStop ReusePort
		SELinuxContextFromNet SendBuffer Service SmackLabel SmackLabelIPIn SmackLabelIPOut SocketGroup
		SocketMode SocketProtocol SocketUser Symlinks TCPCongestion Timestamping Transparent
		TriggerLimitBurst TriggerLimitIntervalSec Writable XAttrAccept XAttrEntryPoint XAttrListen`)
	serviceKeys = strings.Fields(`
		BusName ExecCondition ExecReload ExecStart ExecStop ExitType FailureAction FileDescriptorStoreMax
		FileDescriptorStorePreserve GuessMainPID NonBlocking NotifyAccess OOMPolicy OpenFile PIDFile
		PermissionsStartOnly RebootArgument RefreshOnReload ReloadSignal RemainAfterExit Restart
		RestartForceExitStatus RestartMaxDelaySec RestartMode RestartPreventExitStatus RestartSec
		RestartSteps RootDirectoryStartOnly RuntimeMaxSec RuntimeRandomizedExtraSec Sockets StartLimitAction
		StartLimitBurst StartLimitInterval SuccessExitStatus TimeoutAbortSec TimeoutStartFailureMode
		TimeoutStartSec TimeoutStopFailureMode TimeoutStopSec Type USBFunctionDescriptors USBFunctionStrings
		WatchdogSec`)
)

// targets are those of systemd.special(7) that units are often installed in.
var targets = strings.Fields(`basic.target cryptsetup.target default.target display-manager.service emergency.target
	exit.target final.target getty.target graphical.target halt.target local-fs.target local-fs-pre.target
	machines.target multi-user.target network.target network-online.target network-pre.target nss-lookup.target
	nss-user-lookup.target paths.target poweroff.target printer.target reboot.target remote-fs.target rescue.target
	shutdown.target sleep.target slices.target sockets.target sound.target suspend.target swap.target sysinit.target
	time-set.target time-sync.target timers.target umount.target`)
