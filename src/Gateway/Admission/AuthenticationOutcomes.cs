namespace OrleansBroker.Gateway.Admission;

/// <summary>What an outcome is on the wire.</summary>
public static class AuthenticationOutcomes
{
    /// <summary>Reason code of CONNACK (MQTT5 section 3.2.2.2); the codec turns it into the return code of 3.x: 0, 4, 5 or 3. No decision is Unavailable.</summary>
    public static byte ToReasonCode(this AuthenticationOutcome outcome) => outcome switch
    {
        AuthenticationOutcome.Allowed => 0x00,
        AuthenticationOutcome.BadUserNameOrPassword => 0x86,
        AuthenticationOutcome.NotAuthorized => 0x87,
        _ => 0x88,
    };
}
