using Jem.Imaging;

namespace Jem.Embed.Runtime;

/// <summary>A device was asked for that this machine or installation does not have.</summary>
public sealed class DeviceException(string message) : JemException(message);
